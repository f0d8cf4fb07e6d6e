"""Events as EventBridge sends them, of about 300 bytes, against rules of three or four fields."""

from collections.abc import Iterator
from random import Random

from peers.workloads.workload import Pattern, Workload, compact

EVENTS = 4_000
CHANGES = 20_000
SERVICES = [
    ("aws.autoscaling", "EC2 Instance Launch Successful"),
    ("aws.batch", "Batch Job State Change"),
    ("aws.codebuild", "CodeBuild Build State Change"),
    ("aws.codedeploy", "CodeDeploy Deployment State-change Notification"),
    ("aws.codepipeline", "CodePipeline Pipeline Execution State Change"),
    ("aws.ec2", "EC2 Instance State-change Notification"),
    ("aws.ecs", "ECS Task State Change"),
    ("aws.emr", "EMR Cluster State Change"),
    ("aws.glue", "Glue Job State Change"),
    ("aws.rds", "RDS DB Instance Event"),
    ("aws.s3", "Object Created"),
    ("aws.sagemaker", "SageMaker Training Job State Change"),
    ("aws.ssm", "EC2 Command Status-change Notification"),
    ("aws.states", "Step Functions Execution Status Change"),
]
STATES = ["pending", "running", "shutting-down", "stopped", "stopping", "terminated"]

# A pair of rules asks for one instance: the first in any state, the second in two of the six.
STATES_ASKED = 2


def instance(pair: int) -> str:
    """Return the instance that a pair of rules asks for; no two pairs ask for the same."""
    return f"i-{pair * 0x9E3779B97F4A7C15 % 2**64:016x}"


def pattern(rule: int) -> Pattern:
    """Return the pattern of a rule: three fields if its number is even, else four."""
    pair, place = divmod(rule, 2)
    source, detail_type = SERVICES[pair % len(SERVICES)]
    detail = {"instance-id": [instance(pair)]}
    if place:
        detail["state"] = [STATES[(pair + step) % len(STATES)] for step in range(STATES_ASKED)]
    return {"source": [source], "detail-type": [detail_type], "detail": detail}


def patterns(count: int, first: int = 0) -> Iterator[Pattern]:
    """Make the patterns of some rules."""
    return map(pattern, range(first, first + count))


def hits(rules: int) -> list[tuple[int, int]]:
    """Return for each event the pair of rules it meets, spread over the set, and its state."""
    random = Random(f"envelope {rules}")  # noqa: S311 - nothing here is secret
    pairs = (rules + 1) // 2
    found = [(n * pairs // EVENTS, random.randrange(len(STATES))) for n in range(EVENTS)]
    random.shuffle(found)
    return found


def matches(rules: int) -> int:
    """Count the matches: one by the first rule of the pair, and one where the second agrees."""
    second = sum(
        2 * pair + 1 < rules and (state - pair) % len(STATES) < STATES_ASKED
        for pair, state in hits(rules)
    )
    return EVENTS + second


def events(rules: int) -> Iterator[str]:
    """Make the events, all different."""
    for number, (pair, state) in enumerate(hits(rules)):
        source, detail_type = SERVICES[pair % len(SERVICES)]
        name = instance(pair)
        event = {
            "version": "0",
            "id": f"7bf73129-1428-4cd3-a780-{number:012x}",
            "detail-type": detail_type,
            "source": source,
            "account": "111122223333",
            "time": f"2026-11-25T10:{number // 60 % 60:02}:{number % 60:02}Z",
            "region": "us-east-1",
            "resources": [f"arn:aws:ec2:::{name}"],
            "detail": {"instance-id": name, "state": STATES[state]},
        }
        yield compact(event)


def envelope(rules: int) -> Workload:
    """Return the workload of a number of rules."""
    return Workload(
        name=f"envelope-{rules}",
        group="envelope",
        patterns=lambda: patterns(rules),
        events=lambda: events(rules),
        matches=matches(rules),
    )


def churn(rules: int) -> Workload:
    """
    Return the workload whose rules change while its events are matched.

    The rules that come and go ask for instances of which there is no event.
    """
    return Workload(
        name=f"churn-{rules}",
        group="churn",
        patterns=lambda: patterns(rules),
        events=lambda: events(rules),
        changes=lambda: patterns(CHANGES, first=2 * rules),
        matches=matches(rules),
    )


def delete(rules: int) -> Workload:
    """Return the workload from which as many rules were removed as it has."""
    return Workload(
        name=f"delete-{rules}",
        group="cliffs",
        patterns=lambda: patterns(rules),
        events=lambda: events(rules),
        removed=lambda: patterns(rules, first=2 * rules),
        matches=matches(rules),
    )


ENVELOPE = [envelope(rules) for rules in (1, 100, 10_000, 100_000, 1_000_000)]
CHURN = [churn(100_000)]
DELETE = [delete(rules) for rules in (100, 1_000, 10_000)]
