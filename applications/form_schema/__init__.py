"""The application form as data: a definition of sections and fields, and the checks that need no database.

A definition is JSON, copied into the cycle that uses it (fixtures/reference/form_2026.json is the default):

    {"version": "2026-1", "label": "…申报书", "sections": [section, …]}
    section  key, label, group (applicant | host), intro; optional: editors, attachments (codes of the dictionary
             "attachments"), checks (names of CHECKS), fields
    field    key, label, type; optional:
             required        true: must be filled
             required_when   {"age_branch": ["exceptional"]}: must be filled when another field of the same section (or
                             row) has one of these values; several fields: any of them
             min, max        characters of text, value of integer or money_wan (万元), rows, number of choices
             options         choice and multichoice: the name of a reference dictionary, or [["code", "label"], …]
             filter          {"version": "2441-2021"}: only these entries of the dictionary
             hint            a line under the label
             level           P0 public, P1 personal, P2 sensitive (stored apart, masked)
             editors         who may write it: applicant, host; default: the section's
             past            true: a date or month that may not lie after the day of the check
             must_be, refusal  boolean: the only answer with which one may go on, and the sentence otherwise
             checked_when    id_number: like required_when; otherwise it is taken as text
             fields, period, row_label   records: the fields of a row, its ["from", "to"] months, what a row is called

Types: text longtext person_name date month integer money_wan choice multichoice boolean uscc id_number mobile email
finished (这一部分写好了吗) records. Values are described in values.py. A left-empty field is absent from clean values.
Paths: "education.0.school" is the school of the first row of 教育经历.
"""

from .agreements import Problem
from .check import (
    SectionStatus,
    State,
    clean_content,
    completeness,
    draft_of,
    validate_section,
)
from .definition import (
    BadDefinition,
    Definition,
    Field,
    Section,
    UnknownField,
    default_data,
    default_definition,
    parse_definition,
)
from .values import shown, typed_again

__all__ = [
    "BadDefinition",
    "Definition",
    "Field",
    "Problem",
    "Section",
    "SectionStatus",
    "State",
    "UnknownField",
    "clean_content",
    "completeness",
    "default_data",
    "default_definition",
    "draft_of",
    "parse_definition",
    "shown",
    "typed_again",
    "validate_section",
]
