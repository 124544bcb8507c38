# Winner lanes end to end; without --examples they take every training image.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
"$ASSIMILAATE" run --recipe winner --model m.onnx --data d --output x --set first.image_width=6 --set first.patch=2 --json > r.json
json r.json 'value["recipe"], value["examples"], [t["name"] for t in value["targets"]]'
json r.json 'min(t["accuracy"] for t in value["targets"]) > 0.4'
