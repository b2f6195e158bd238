import ArgumentParser

CommandLineArguments.runMain()
