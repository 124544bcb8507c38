"$ASSIMILAATE" --version
