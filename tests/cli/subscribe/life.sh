# Learn, serve, update, go back, try again; other processes may infer and look at any time.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make model m.onnx; make data d
teach() { "$ASSIMILAATE" teach s --model m.onnx --data d --examples 90 --live 30 "$@" > /dev/null; }
numbers() { sed 's/0\.[0-9][0-9]*/A/g; s/[0-9]* bytes/N bytes/'; }
live() { try subscribe s t --once --group 30 --tolerance 0.2 "$@" | numbers; }
teach
live
"$ASSIMILAATE" infer t d/t10k-images-idx3-ubyte --labels d/t10k-labels-idx1-ubyte | numbers
facts() { "$ASSIMILAATE" inspect t --json > f.json; json f.json '[value[k] for k in ("kind", "state", "serving_epoch", "fallback_epoch", "refused_epoch", "stale")]'; }
facts
live
teach --update --seed 2
live --json | sed 's/"bytes":[0-9]*/"bytes":N/'
facts
live --rollback
facts
live --retry
facts
try subscribe s t --once --rollback --retry
