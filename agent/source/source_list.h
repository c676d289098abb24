/* Every source type: SOURCE(symbol), one agent/source/SYMBOL.c each. */
SOURCE(stdin)
SOURCE(file)
SOURCE(directory)
SOURCE(sqs)
SOURCE(s3)
SOURCE(lookup)
SOURCE(push)
