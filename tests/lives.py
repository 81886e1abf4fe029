"""What random lives of a case are made of: times between acts, policies, and what forms say."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from domain.case import ARCHIVE_REASONS, FollowUp, Kind
from domain.policy import OutagePolicy
from tests.case_factory import (
    CITY,
    NATIONAL,
    PROMISED_ON,
    PROMISED_TODAY,
    REGENCY,
    ROADS,
    SCHOOLS,
    WORKS,
    old_policy,
    policy,
)

UNITS = (NATIONAL, CITY, WORKS, ROADS, REGENCY, SCHOOLS)
steps = st.integers(0, 40)
BACK = st.sampled_from([0, 0, 0, 1, 20, 60, 100])
POLICIES = st.builds(
    lambda ladder, outage: (policy if ladder else old_policy)(outage),
    st.sampled_from([True, True, False]),
    st.sampled_from(OutagePolicy),
)
units = st.sampled_from(UNITS)
nothing = st.none()
accused = st.sampled_from([None, None, CITY.id, WORKS.id, ROADS.id, SCHOOLS.id])
complete: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "message_id": st.just(5),
        "unit": st.sampled_from([WORKS, WORKS, ROADS, CITY, REGENCY, NATIONAL]),
        "kind": st.sampled_from([None, None, *Kind]),
        "accused_unit_id": accused,
        "assisting": st.sampled_from([(), (), (ROADS.id,)]),
        "follow_up": st.sampled_from(FollowUp),
        "promised_on": st.sampled_from([PROMISED_TODAY, PROMISED_ON]),
        "rating": nothing | st.integers(1, 5),
        "end_reason": st.sampled_from(sorted(ARCHIVE_REASONS)),
        "consents": st.just(True),
        "cancels": st.sampled_from(["c-1", "c-9", "c-30"]),
    }
)
any_body = complete.flatmap(
    lambda body: st.sets(st.sampled_from(sorted(body))).map(
        lambda left: {name: value for name, value in body.items() if name not in left}
    )
)
