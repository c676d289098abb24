"""One module a service, named after its signing name. Each has a class with

    fault(Fault) -> Reply or None      the faults that this service words in its own way
    refuse(Refused) -> Reply           an error in the form of its protocol
    handle(Request, Scope, now) -> (Reply, dict)   the work; the dict is what /_received shows of it

and one line in aws.SERVICES.
"""
