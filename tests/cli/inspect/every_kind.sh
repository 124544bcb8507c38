. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make npy in.npy 60 36; make npy captured.npy 60 4; make map captured.npy out.npy 2
"$ASSIMILAATE" teach s --model m.onnx --data in.npy --examples 30 --held-out 20 > /dev/null
"$ASSIMILAATE" teach c --inputs captured.npy --outputs out.npy --examples 30 --held-out 20 > /dev/null
"$ASSIMILAATE" assimilate c x.target --passes 2 > /dev/null
kind() { "$ASSIMILAATE" inspect "$1" --json > i.json; json i.json "$2"; }
kind s 'value["kind"], value["examples"], [b["shape"] for b in value["boundaries"]]'
kind dir:s 'value["kind"], value["name"]'
kind c 'value["kind"], [t["name"] for t in value["transforms"]]'
kind x.target 'value["kind"], value["profile"], value["assimilated"], value["banks"][0]["lanes"]'
kind m.onnx 'value["kind"], value["weights"], len(value["transforms"])'
kind s/network/* 'value["kind"], value["weights"], len(value["transforms"])'
for book in c/codebooks/*; do kind $book 'value["kind"], value["codec"], value["shape"]'; done | sort
cp m.onnx a:b.onnx; kind a:b.onnx 'value["kind"]'
mkdir empty; : > nothing; head -c 300 /dev/zero > zeros; printf AATT > four; printf AATC > codec
for file in empty nothing zeros four codec in.npy missing; do try inspect $file; done
