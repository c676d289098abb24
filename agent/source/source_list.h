/* Every source type: SOURCE(symbol), one agent/source/SYMBOL.c each. */
SOURCE(stdin)
SOURCE(file)
SOURCE(directory)
<<<<<<< Updated upstream
SOURCE(sqs)
=======
SOURCE(lookup)
>>>>>>> Stashed changes
