# From a file and by key; what nobody takes is refused, by every verb.
. "$ASSIMILAATE_SOURCE/tests/cli/setup.bash"
make npy in.npy 60 4; make map in.npy out.npy 2
printf 'frst.bits = 4\n' > typo.toml
printf '[first]\nbits = \n' > broken.toml
printf '[first]\nbits = [1, 2]\n' > list.toml
printf '[first]\nbits = 4\n[last]\ncodec = "grid"\nbits = 5\n' > good.toml
teach() { try teach "$@" --inputs in.npy --outputs out.npy --examples 20 --held-out 20; }
teach a --config missing.toml
teach a --config typo.toml
teach a --config broken.toml
teach a --config list.toml
teach a --set first.bits
teach a --set first.bits=four
teach a --set first.bits=99
teach a --set first.colour=3
teach a --set first.codec=gridd
teach a --set memristor.seed=3
teach a --set =3
ls
teach a --config good.toml
teach b --config good.toml --set first.bits=3 --set last.bits=6
for stream in a b; do "$ASSIMILAATE" inspect $stream | grep shape; done
try inspect a --set first.bits=3
try infer none.target in.npy --set rule.rate=3
