"""What importing is made of: steps that come too late, and a past that kept no gate."""

TOO_LATE = """\
[[steps]]
do = "request_extension"
on = 2020-09-22
working_days = 10
reason = "材料多"
"""


def past_of(reply_text: str) -> str:
    """A request that was extended too long, reviewed by its drafter, and sent by a courier."""
    extended = """\
[[steps]]
do = "request_extension"
on = 2020-09-15
working_days = 30
reason = "材料多"
"""
    same = reply_text.replace(
        'do = "pass_review"\n', 'do = "pass_review"\nby = "reviewer:officer"\n'
    )
    drafted = same.replace('do = "draft_reply"\n', 'do = "draft_reply"\nby = "officer:officer"\n')
    couriered = drafted.replace('tracking = "EX1"', 'tracking = "EX1"\ncarrier = "某快递"')
    return couriered.replace(
        '[[steps]]\ndo = "draft_reply"', extended + '[[steps]]\ndo = "draft_reply"'
    )
