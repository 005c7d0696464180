"""The thirteen duties of the charter, and the records that each of them is kept by."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Duty:
    """A duty: its name in an address, its title, and the types of event it is kept by."""

    name: str
    title: str
    types: tuple[str, ...]
    # The clauses that these records are for.
    clauses: tuple[str, ...] = ()
    within: str = "/charter/duties"

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"{self.within}/{self.name}"


def _duty(name: str, title: str, clauses: str, types: str) -> Duty:
    return Duty(name, title, tuple(types.split()), tuple(clauses.split()))


DUTIES = (
    _duty(
        "engagement",
        "Auditor engagement",
        "R-1a R-1b R-1c",
        "firm_verified inspection_report_published firm_selected engagement_agreed fee_set"
        " ratification_voted ratification_reconsidered firm_evaluated engagement_ended"
        " partner_served oversight_role_hired illegal_act_communicated",
    ),
    _duty(
        "pre-approvals",
        "Pre-approvals",
        "R-1c R-1d R-1e",
        "pre_approval_policy_adopted pre_approval_policy_reviewed delegation_granted"
        " delegation_ended service_requested service_engaged service_started service_completed"
        " service_found service_brought_to_committee pre_approval_given pre_approval_refused"
        " pre_approval_presented policy_use_presented invoice_received invoice_paid"
        " fee_disclosure_made",
    ),
    _duty(
        "independence",
        "Independence",
        "R-1g R-1h",
        "independence_letter_received firm_relationship_began independence_discussed"
        " compatibility_assessed independence_action independence_action_closed",
    ),
    _duty(
        "quality-control",
        "Quality-control report",
        "R-1f",
        "quality_control_report_received quality_control_report_reviewed firm_report_received",
    ),
    _duty(
        "plan", "Audit plan", "R-2", "audit_plan_presented audit_plan_reviewed fieldwork_started"
    ),
    _duty(
        "statements",
        "Financial-statement review",
        "R-3",
        "statements_received statements_reviewed interim_review_completed"
        " required_communications_made inclusion_recommended firm_report_issued"
        " committee_report_made filing_made filing_decision_recorded officer_disclosure_made",
    ),
    _duty(
        "findings",
        "Audit findings and follow-up",
        "R-4",
        "audit_finding_reported audit_finding_reviewed audit_finding_target_set"
        " audit_finding_retested audit_finding_closed",
    ),
    _duty(
        "complaints",
        "Complaint procedures",
        "R-5",
        "complaint_procedures_adopted complaint_procedures_reviewed complaint_procedures_published"
        " channel_tested awareness_raised quarter_aggregate case_link_made firm_inquiry_received"
        " firm_inquiry_answered attorney_report_received retention_checked",
    ),
    _duty(
        "advisors",
        "Advisors and funding",
        "R-6",
        "advisor_engaged funding_determined funding_submitted funding_obstructed",
    ),
    _duty(
        "evaluations",
        "Evaluations and the charter",
        "R-7",
        "committee_evaluated charter_reviewed charter_adopted charter_posted law_changed",
    ),
    _duty(
        "membership",
        "Membership",
        "M-0 M-1 M-2 M-3",
        "seat_began seat_ended board_determination questionnaire_returned independence_event"
        " exception_relied_on exchange_notice_given exchange_certification_made",
    ),
    _duty(
        "meetings",
        "Meetings",
        "MT-1 MT-2",
        "meeting_planned meeting_moved meeting_cancelled meeting_noticed meeting_held"
        " minutes_drafted minutes_approved consent_signed",
    ),
    _duty(
        "board",
        "Board reports",
        "MT-3",
        "board_report_made recommendation_made recommendation_answered board_meeting_held"
        " stockholder_meeting_planned stockholder_meeting_held related_party_transaction"
        " related_party_reviewed internal_audit_function_set",
    ),
)
# Recorded on every duty's page: a decision on what a rule leaves open, and the only correction.
ON_EVERY_DUTY = ("judgement_recorded", "record_withdrawn")
# The owner's settings have a page of their own.
DECISIONS = Duty("decisions", "Decisions", ("setting_changed",), within="/charter")
