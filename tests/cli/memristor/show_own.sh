# A preset file of one's own is as good as a built-in one.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
cat > mine.toml <<'P'
name = "mine"
model = "soft_bounds"
about = "my device"
reference = "my lab"
status = "fitted"
[settings]
dw = 0.02
[imperfections]
step_variation = 0.3
P
try memristor show mine.toml
try memristor plot mine.toml
head -c 4 mine.svg; echo
