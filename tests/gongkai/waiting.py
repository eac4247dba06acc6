"""Steps after which a case waits for somebody else: a party, another agency, the applicant."""

CONSULTED = """\
[[steps]]
do = "accept"
on = 2020-09-15
[[steps]]
do = "start_consultation"
on = 2020-09-21
kind = "{kind}"
party = "某某建设有限公司"
items = [1]
[[steps]]
do = "record_consultation_receipt"
on = 2020-09-23
consultation = 1
"""

CORRECTED = """\
[[steps]]
do = "request_correction"
on = 2020-09-16
matters = ["请写明所需信息的名称"]
working_days = 5
notice_received_on = 2020-09-16
"""
