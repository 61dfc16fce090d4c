"""A soak test: users walk the workflow with the client's operations and models, and every answer is checked.

`make soak` starts the mock and one Locust process, and reports into build/soak/. It fails on any problem: an answer
that breaks the contract, one that the client cannot decode, an unexpected refusal, credits that do not balance.

Locust's own master and workers run it on many machines, each from a checkout in which `make soak` has run once, with
PYTHONPATH=generated:contract_tests set:

    .venv/soak/bin/python -m locust -f contract_tests/load/soak/locustfile.py --master --expect-workers 2 \\
        --headless --users 200 --run-time 10m --stop-timeout 30 --host http://GATEWAY:4010
    .venv/soak/bin/python -m locust -f contract_tests/load/soak/locustfile.py --worker --master-host MASTER

The key comes from COMETAPI_SOAK_KEY, by default the mock's. The live service is refused, unless
`--capping-proxy HEADER` names the header that a spending-capping proxy puts on the responses it makes itself.
"""
