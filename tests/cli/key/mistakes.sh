# What cannot be done with keys, and what is said about it.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
try key
try key new 'two words'
try key new ../out
try key new lab | head -1
try key new lab
chmod 644 .config/assimilaate/keys/lab.key
try teach s --key lab
try teach s --key nobody
try teach s --expires soon
try key trust .config/assimilaate/keys/lab.key
try key trust .config/assimilaate/keys/lab.pub --role king
try key trust .config/assimilaate/keys/lab.pub --stream xyz
try key trust .config/assimilaate/keys/lab.pub --set keys
try key revoke nobody
echo "no key" >no.pub
try key show no.pub
env -u HOME "$ASSIMILAATE" key new lab || echo "[exit $?]"
