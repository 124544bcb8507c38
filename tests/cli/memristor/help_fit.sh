"$ASSIMILAATE" memristor fit --help
