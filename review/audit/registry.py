"""The registry of checks: a later one is a module in review.audit.checks and a line here."""

from review.audit.check import Check
from review.audit.checks.adopted import Adopted
from review.audit.checks.approved import Approvals
from review.audit.checks.audits import Audits
from review.audit.checks.chained import Chained
from review.audit.checks.charter import Charter
from review.audit.checks.checkpoints import Checkpoints
from review.audit.checks.clocks import Clocks
from review.audit.checks.continued import Continued
from review.audit.checks.cosigned import Cosignatures
from review.audit.checks.custody import Custody
from review.audit.checks.days import Days
from review.audit.checks.disposed import Dispositions
from review.audit.checks.drills import Drills
from review.audit.checks.entries import Entries
from review.audit.checks.files import Files
from review.audit.checks.held import Holds, Scheduled
from review.audit.checks.histories import Histories
from review.audit.checks.keys import Keys
from review.audit.checks.people import People
from review.audit.checks.quarters import Quarters
from review.audit.checks.recorded import Recorded
from review.audit.checks.renewed import Renewed
from review.audit.checks.rosters import Rosters
from review.audit.checks.rotations import Rotations
from review.audit.checks.served import Served
from review.audit.checks.signed import Signed
from review.audit.checks.since import Since
from review.audit.checks.tallied import Tallied
from review.audit.checks.terms import Terms, Withheld

# In the order in which a report names them. Histories comes before whatever uses a case's state.
CHECKS: tuple[type[Check], ...] = (
    Files,
    Entries,
    Checkpoints,
    Since,
    Continued,
    Cosignatures,
    Chained,
    Recorded,
    Charter,
    Quarters,
    Histories,
    Signed,
    Holds,
    Custody,
    Scheduled,
    # The entries of cases and of dispositions, which the two behind them judge.
    Terms,
    Dispositions,
    Approvals,
    Withheld,
    Drills,
    Keys,
    People,
    Renewed,
    Clocks,
    Days,
    Tallied,
    Rosters,
    Rotations,
    Adopted,
    Served,
    Audits,
)
