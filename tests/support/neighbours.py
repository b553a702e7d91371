"""All that moto has of SageMaker besides ours, asked for once without training plans and once with.

The requests are made from the service model, so that an operation which a newer moto has is among
them by itself. What such a request lacks to be done is in `MORE`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.sagemaker.responses import SageMakerResponse as MotoSageMaker

from moto_trainingplans.sagemaker.operations import HANDLERS, SHARED
from tests.aws_json.test_raw_requests import HEADERS, REGION

MODEL = get_service_model("sagemaker")
AWS = f"https://api.sagemaker.{REGION}.amazonaws.com"
ROLE = "arn:aws:iam::123456789012:role/role"
RESOURCE = f"arn:aws:sagemaker:{REGION}:123456789012"
NAME = "name"

_ENDPOINT_INPUT = {"EndpointInput": {"EndpointName": NAME, "LocalPath": "/opt/ml"}}
_RESOURCES = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
_DEFINITION = json.dumps({"Version": "2020-12-01", "Parameters": [], "Steps": []})
# What moto wants of a request besides what the model requires, or instead of it.
MORE: dict[str, dict[str, Any]] = {
    "CreateAutoMLJobV2": {
        "AutoMLProblemTypeConfig": {"ImageClassificationJobConfig": {"CompletionCriteria": {}}}
    },
    "CreateCompilationJob": {
        "InputConfig": {"S3Uri": "s3://bucket/key", "Framework": "PYTORCH"},
        "OutputConfig": {
            "S3OutputLocation": "s3://bucket/key",
            "TargetPlatform": {"Os": "LINUX", "Arch": "X86_64", "Accelerator": "NVIDIA"},
        },
    },
    "CreateEndpointConfig": {
        "ProductionVariants": [
            {
                "VariantName": NAME,
                "ModelName": NAME,
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
                "InitialVariantWeight": 1.0,
            }
        ],
    },
    "CreateFeatureGroup": {"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://bucket/key"}}},
    "CreateModel": {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": "image"}},
    "CreateModelBiasJobDefinition": {
        "ModelBiasJobInput": {**_ENDPOINT_INPUT, "GroundTruthS3Input": {"S3Uri": "s3://bucket/a"}}
    },
    "CreateModelExplainabilityJobDefinition": {"ModelExplainabilityJobInput": _ENDPOINT_INPUT},
    "CreateModelPackage": {"ModelPackageGroupName": NAME},
    "CreateModelQualityJobDefinition": {
        "ModelQualityJobInput": {
            **_ENDPOINT_INPUT,
            "GroundTruthS3Input": {"S3Uri": "s3://bucket/a"},
        }
    },
    "CreatePipeline": {"PipelineDefinition": _DEFINITION, "Tags": [{"Key": "a", "Value": "b"}]},
    "CreateTrainingJob": {
        "AlgorithmSpecification": {"TrainingInputMode": "File", "TrainingImage": "image"},
        "ResourceConfig": _RESOURCES,
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
    },
    "AddTags": {"ResourceArn": f"{RESOURCE}:model/{NAME}"},
    "ListTags": {"ResourceArn": f"{RESOURCE}:model/{NAME}"},
    "DeleteTags": {"ResourceArn": f"{RESOURCE}:model/{NAME}"},
    "Search": {"Resource": "Experiment"},
    "UpdateEndpointWeightsAndCapacities": {
        "DesiredWeightsAndCapacities": [{"VariantName": NAME, "DesiredWeight": 2.0}]
    },
    "UpdatePipeline": {"PipelineDisplayName": "other"},
}
# What an answer has that later requests are about, by the member that these name it with.
FOUND = {
    "CreateDomain": ("DomainArn", "DomainId", lambda arn: arn.rpartition("/")[2]),
    "CreateModelPackage": ("ModelPackageArn", "ModelPackageArn", str),
    "StartPipelineExecution": ("PipelineExecutionArn", "PipelineExecutionArn", str),
}
NAMES_OF_PACKAGES = {"DescribeModelPackage": "ModelPackageName"}
# The order in which a story is told.
VERBS = (
    "Create",
    "Associate|Add",
    "Start",
    "Describe|List|Search",
    "Update|Stop",
    "Disassociate|DeleteTags",
)


def operations() -> list[str]:
    """Those of moto's operations that we leave to moto, some or all of them, in a story's order."""
    every = [
        name
        for name in MODEL.operation_names
        if hasattr(MotoSageMaker, camelcase_to_underscores(name))
        and (name not in HANDLERS or name in SHARED)
    ]

    def place(operation: str) -> tuple[int, int]:
        verb = next(
            (at for at, verbs in enumerate(VERBS) if re.match(verbs, operation)), len(VERBS)
        )
        late = ("Endpoint", "EndpointConfig", "Trial", "TransformJob", "ModelPackage")
        kind = re.sub("^(Create|Delete)", "", operation)
        later = late.index(kind) if kind in late else -1
        if operation.startswith("Create"):
            # A configuration before its endpoint, a model before all that has one.
            return verb, {"Endpoint": 3, "EndpointConfig": 2, "Model": -2}.get(kind, later >= 0)
        return verb, -later

    return sorted(every, key=place)


def smallest(shape: Any, name: str = "") -> Any:
    """The smallest value that a shape allows: required members alone."""
    kind = shape.type_name
    if kind == "structure":
        return {each: smallest(shape.members[each], each) for each in shape.required_members}
    if kind == "list":
        return [smallest(shape.member, name)]
    if kind == "map":
        return {"key": smallest(shape.value, name)}
    if kind == "string":
        return shape.metadata.get("enum", [_text(name)])[0]
    simple = {"timestamp": 1737556107, "boolean": True}
    return simple.get(kind, max(1, shape.metadata.get("min", 1)))


def _text(name: str) -> str:
    if name.endswith("Arn"):
        return ROLE
    if "Uri" in name or "Path" in name:
        return "s3://bucket/key"
    return "{}" if name == "Content" else NAME


@dataclass(frozen=True)
class Outcome:
    """What came of a request: an answer, or what was raised in this process."""

    operation: str
    request: bytes
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def key(self) -> str:
        """What was asked, in short."""
        return f"{self.operation} {self.request[:200]!r}"


class Asker:
    """Asks moto in this process, or a server at `url`, and remembers what became of it."""

    def __init__(self, url: str | None) -> None:
        self.outcomes: list[Outcome] = []
        self._url = url or AWS
        self._session = requests.Session()
        self._found: dict[str, str] = {}

    def ask(self, operation: str, body: bytes, **headers: str) -> Outcome:
        """Send a request."""
        given = {**HEADERS, "X-Amz-Target": f"SageMaker.{operation}", **headers}
        try:
            sent = self._session.post(self._url, data=body, headers=given, timeout=60)
        except Exception as raised:  # moto's, in this process
            outcome = Outcome(operation, body, 0, {}, f"{type(raised).__name__}: {raised}")
        else:
            outcome = Outcome(operation, body, sent.status_code, sent.headers, sent.text)
        self.outcomes.append(outcome)
        return outcome

    def tell(self) -> None:
        """The story: every operation does what it can, once; lists are read page by page."""
        for operation in operations():
            for members in self._requests(operation):
                outcome = self.ask(operation, json.dumps(members).encode())
                if outcome.status == 200 and operation in FOUND:
                    member, name, read = FOUND[operation]
                    self._found[name] = read(json.loads(outcome.body)[member])

    def _requests(self, operation: str) -> Iterator[dict[str, Any]]:
        shape = MODEL.operation_model(operation).input_shape
        members = {**smallest(shape), **MORE.get(operation, {})}
        members.update({name: each for name, each in self._found.items() if name in shape.members})
        package = NAMES_OF_PACKAGES.get(operation)
        if package:
            members[package] = self._found["ModelPackageArn"]
        yield members
        if operation.startswith("Create"):
            # Twice the same, which some refuse; and another, for lists that have pages.
            yield members
            first = shape.required_members[0] if shape.required_members else None
            if first and isinstance(members[first], str):
                yield {**members, first: "other"}
        if "NextToken" in shape.members and "MaxResults" in shape.members:
            page = {**members, "MaxResults": 1}
            yield page
            read = self.outcomes[-1]
            token = json.loads(read.body).get("NextToken") if read.status == 200 else None
            if token:
                yield {**page, "NextToken": token}

    def complain(self) -> None:
        """Requests that are wrong: of nobody, of nothing, of what is none; and unknown ones."""
        for operation in operations():
            known = {**smallest(MODEL.operation_model(operation).input_shape)}
            known |= MORE.get(operation, {})
            nobody = {key: "nobody" if each == NAME else each for key, each in known.items()}
            wrong: dict[str, Any] = {name: [] for name in known}
            for members in ({}, nobody, {**known, "Unknown": 1}, wrong):
                self.ask(operation, json.dumps(members).encode())
        for unknown in ("NoSuchOperation", "StopOptimizationJob", "", "setup_class"):
            self.ask(unknown, b"{}")


# -- comparing -------------------------------------------------------------------------------------

_TIME = re.compile(
    r"(?<!\d)1[789]\d{8}(\.\d+)?(?!\d)|\b20\d\d-\d\d-\d\d[T ][\d:.]+(Z|\+00:00)?"
    # Where an object is that moto shows; and tokens, which have a hash in them of moto's process.
    r"|(?<=\"NextToken\": \")[\w=+/-]+"
    r"|\b0x[0-9a-f]+\b"
)
_TOKEN = re.compile(r"[0-9A-Za-z]+|[^0-9A-Za-z]")
# What concerns the connection and the program that serves it, or follows from the body.
UNCOMPARED = {"date", "server", "connection", "content-length"}
# What our server leaves out on purpose: pages of other sites are not to read what it answers.
UNCOMPARED |= {"access-control-allow-origin"}
REQUEST_IDS = {"x-amzn-requestid", "x-amz-request-id"}


def _may_be_id(word: str) -> bool:
    """Whether a word may be one, or a part of one: no word of a language is."""
    if len(word) == 4:
        return re.fullmatch("[0-9a-f]{4}", word) is not None
    has_digit = re.search(r"\d", word) is not None
    return len(word) >= 7 and (has_digit or (len(word) >= 12 and word.islower()))


class Ids:
    """Which id of one run is which of the other."""

    def __init__(self) -> None:
        self._other: dict[str, str] = {}
        self._back: dict[str, str] = {}

    def are_one(self, one: str, other: str) -> bool:
        """Whether two words are the same, or ids that stand for each other wherever they stand."""
        if one == other:
            return True
        return (
            len(one) == len(other)
            and all(map(_may_be_id, (one, other)))
            and self._other.setdefault(one, other) == other
            and self._back.setdefault(other, one) == one
        )


def differences(plain: list[Outcome], ours: list[Outcome]) -> list[str]:
    """Where two runs differ, ids and times aside, and may not."""
    assert len(plain) == len(ours)
    ids, found = Ids(), []
    for one, other in zip(plain, ours, strict=True):
        same = (
            one.status == other.status
            and _alike(one.body, other.body, ids)
            and _headers(one) == _headers(other)
        )
        if not same and why_different(one, other, ids) is None:
            found.append(
                f"{one.key}\n  {one.status} {_headers(one)} {one.body[:300]}\n"
                f"  {other.status} {_headers(other)} {other.body[:300]}"
            )
    return found


def why_different(plain: Outcome, ours: Outcome, ids: Ids) -> str | None:
    """Why an answer is another on purpose; None where it must not be."""
    code = ours.headers.get("x-amzn-errortype")
    not_done = plain.status in (0, 404, 500)  # in a process, without a name, and on a server
    if ours.operation in SHARED:
        if ours.status == 400 and (
            code == "SerializationException" or "validation err" in ours.body
        ):
            return (
                "of an operation that is ours too, the model says what is no request: VALIDATE-01"
            )
        if code == "ResourceInUse" and ours.operation == "CreateTrainingJob":
            return "AWS has one training job of a name, moto replaces it: JOB-01"
    if ours.operation in ("DescribeEndpoint", "DescribeTrainingJob") and ours.status == 200:
        texts = (_in_one_order(plain.body), _in_one_order(ours.body))
        if plain.status == 200 and _alike(*texts, ids):
            return "told by us, for ours and moto's have one form; member for member the same"
    if code == "UnknownOperationException" and ours.status == 404 and not_done:
        return "what nobody has is a 404 that names it, in AWS's form: CLIENT-09"
    if plain.status == ours.status == 500:
        return "a failure of moto's on a server, which ours tells in AWS's form, not as a page"
    return None


def _in_one_order(body: str) -> str:
    """A JSON object with its members sorted, and without those that have nothing in them."""

    def sorted_in(value: Any) -> Any:
        if isinstance(value, dict):
            members = {key: sorted_in(value[key]) for key in sorted(value)}
            return {key: each for key, each in members.items() if each not in ({}, [], None)}
        return [sorted_in(each) for each in value] if isinstance(value, list) else value

    return json.dumps(sorted_in(json.loads(body)))


def _alike(one: str, other: str, ids: Ids) -> bool:
    words = [_TOKEN.findall(_TIME.sub("TIME", text)) for text in (one, other)]
    return len(words[0]) == len(words[1]) and all(map(ids.are_one, *words))


def _headers(outcome: Outcome) -> dict[str, str]:
    named = {name.lower(): value for name, value in outcome.headers.items()}
    return {
        name: "ID" if name in REQUEST_IDS else value
        for name, value in named.items()
        if name not in UNCOMPARED
    }
