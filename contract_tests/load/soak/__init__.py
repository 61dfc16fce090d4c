"""Load on a gateway, every answer judged: users that walk the workflow with the client's own operations and models.

`make soak` starts the mock, one Locust process, and reports into build/soak/. It fails on any finding: an answer that
breaks the contract, one that the client cannot read, a refusal where there should be none, credits that do not add up.

On many machines Locust's own master and workers do it, each from a checkout in which `make soak` has run once, with
PYTHONPATH=generated:contract_tests set:

    .venv/soak/bin/python -m locust -f contract_tests/load/soak/locustfile.py --master --expect-workers 2 \\
        --headless --users 200 --run-time 10m --stop-timeout 30 --host http://GATEWAY:4010
    .venv/soak/bin/python -m locust -f contract_tests/load/soak/locustfile.py --worker --master-host MASTER

The key comes from COMETAPI_SOAK_KEY, by default the mock's. The live service is refused, unless
`--capping-proxy HEADER` names the header with which a proxy that caps spending answers what it does not let through.
"""
