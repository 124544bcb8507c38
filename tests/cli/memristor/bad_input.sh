# Each is refused by thing, value and remedy, and leaves no file.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
try memristor
try memristor dance
try memristor list surplus
try memristor show
try memristor show unobtainium | sed 's/(there are: .*; or/(there are: …; or/'
try memristor show missing.toml
try memristor show rs --set colour=1
try memristor show rs --set alpha=-1
try memristor show rs --set alpha=red
try memristor show rs --set alpha
try memristor show rs --set g_low=1e-2
try memristor show rs --set imperfections.stuck=2
try memristor show rs --set imperfections.colour=2
printf 'model = "rs"\n[settings]\nalpha = fast\n' > broken.toml
printf 'model = "rs"\n[settings]\ncolour = 1\n' > unknown.toml
printf 'name = "x"\n' > no_model.toml
try memristor show broken.toml
try memristor plot unknown.toml
try memristor plot no_model.toml
try memristor plot
try memristor plot rs --output picture.png
try memristor plot rs --output no/such/folder.svg
try memristor plot rs --memristors 0
try memristor plot rs --pulses many
try memristor plot rs --voltage -1
try memristor plot rs --frequency 0
try memristor plot rs --frobnicate
ls
