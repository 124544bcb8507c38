# Places that carry nothing up, databases of others and damaged ones are refused with a remedy, and left as they are.
source "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
mkdir edge
try collect http://127.0.0.1:1/ fleet.db
try collect nowhere fleet.db
try collect edge fleet.db --quota many
try collect edge
echo "this is a text, longer than a header of a database would be, and then some more of it: 0123456789012345678" > text.db
try collect edge text.db --once
python3 -c 'import sqlite3; d = sqlite3.connect("cinema.db"); d.execute("CREATE TABLE films(name)"); d.commit()'
sum=$(sha256sum cinema.db)
try collect edge cinema.db --once
test "$sum" = "$(sha256sum cinema.db)" || echo "cinema.db was changed"
try fleet status cinema.db
try fleet status missing.db
try fleet novelty missing.db
test ! -e missing.db
try collect edge no/such/folder/fleet.db --once
try collect edge fleet.db --once > said
python3 -c 'import sqlite3; d = sqlite3.connect("fleet.db"); d.execute("PRAGMA user_version = 9"); d.commit()'
try fleet status fleet.db
try fleet
