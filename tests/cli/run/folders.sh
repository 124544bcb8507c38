# An earlier run is replaced only when asked; anything else never; and only once its successor can begin.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
run() { try run --model m.onnx --data d --examples 10 "$@" > all; grep -e '^\[' -e '^assimilaate' -e '^\$' all; }
run --output x
make tree x > before
run --output x
make tree x | cmp before -
run --output x --force --data nowhere
run --output x --force --model nowhere.onnx
run --output x --force --set frst.bits=3
run --output x --force --examples 5000
make tree x | cmp before -
run --output x --force --seed 2
mkdir photos; echo dear > photos/me.jpg
run --output photos
run --output photos --force
echo text > file; : > empty
run --output file --force
run --output empty
cat photos/me.jpg file
run --output x --resume --seed 1
run --output nothing --resume
run
run
