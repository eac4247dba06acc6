"""The chain verifies, and extends the last anchor."""

from collections.abc import Iterator

from gongkai.anchors import lowered
from gongkai.doctor.look import Found, Look
from gongkai.store.entries import end_of, entries
from gongkai.store.tracing import Fault, Trace


def chain_faults(look: Look) -> Iterator[Fault]:
    """Yield every fault of every chain that is looked at, and of the anchors."""
    if look.anchors:
        yield from look.anchors.faults
    for agency in look.agencies:
        anchored = look.anchors.of(agency) if look.anchors else {}
        trace = Trace(agency, look.office.store.keys, anchored)
        loose = look.loose.get(agency, ())
        yield from trace.faults(end_of(look.tx, agency), entries(look.tx, agency), loose)
    if look.anchors:
        yield from lowered(look.tx, look.anchors, look.only)


def chains_verify(look: Look) -> Iterator[Found]:
    """Say the same for the doctor."""
    for fault in chain_faults(look):
        yield Found(what=f"{fault.what.value}。{fault.message}", where=fault.place)
