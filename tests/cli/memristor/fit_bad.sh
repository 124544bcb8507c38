# Measurements that cannot be: the line, what is wrong, and what to do.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
head=amplitude,width,conductance
good='1,1e-6,1e-5\n1,1e-6,2e-5\n1,1e-6,3e-5\n1,1e-6,4e-5\n-1,1e-6,3e-5\n-1,1e-6,2e-5\n1,1e-6,3e-5\n1,1e-6,4e-5\n'
bad() { printf "$head\n$good$2\n" > "$1.csv"; try memristor fit "$1.csv"; }
bad text '1,1e-6,much'
bad gap '1,,1e-5'
bad short '1,1e-6'
bad nan '1,1e-6,nan'
bad negative '1,1e-6,-1e-5'
bad zero_width '1,0,1e-5'
bad mixed '1,1e-6,5'
printf '' > empty.csv; try memristor fit empty.csv
printf '1\n2\n3\n' > one.csv; try memristor fit one.csv
printf "$head\n1,1e-6,1e-5\n" > few.csv; try memristor fit few.csv
printf 'V,I\n0,0\n.1,1e-5\n.2,2e-5\n.1,1e-5\n0,0\n-.1,-1e-5\n-.2,-2e-5\n-.1,-1e-5\n' > loop.csv
try memristor fit loop.csv
try memristor fit loop.csv --frequency 0
try memristor fit loop.csv --frequency 10 --resistance 1e6
printf 't,V,I\n0,0,0\n1,.1,1e-5\n2,.2,2e-5\n1,.1,1e-5\n3,0,0\n4,-.1,-1e-5\n5,-.2,-2e-5\n6,-.1,-1e-5\n' > back.csv
try memristor fit back.csv
try memristor fit missing.csv
try memristor fit .
