# Published while it is taught, gone on with where it was killed; updates keep the codecs and so the stream.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
teach() { try teach "$1" --model m.onnx --data d --examples 90 --held-out 20 "${@:2}" | sed 's/[0-9]* bits/N bits/g'; }
teach whole --live 25
teach s --live 25
log=$(ls s/streams/*/00000001/log.aat)
heads=$(od -An -tu8 -j56 -N8 s/streams/*/head)
echo "the last of heads 0 to$heads"
# As killed in the middle of its last segment: the head names less.
rm s/streams/*/head; make cut $log -100
teach s --live 25 --resume
cmp $log whole/streams/*/00000001/log.aat && echo same
teach s --resume --live 25 --update --seed 2
teach s --extend --seed 3
"$ASSIMILAATE" inspect s | grep -E '^(epoch|examples|closed)'
teach s --update --extend
rm s/streams/*/head; make cut $log -100
teach s --live 25 --resume --examples 40
make npy in.npy 80 4; make map in.npy out.npy 2
try teach s --inputs in.npy --outputs out.npy --examples 50 --held-out 20 --update
try teach new --inputs in.npy --outputs out.npy --examples 50 --held-out 20 --update
