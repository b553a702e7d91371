"""What is sent where something else is expected: values at every edge, as JSON can write them."""

from __future__ import annotations

import base64
import json
from typing import Any


class Literal(str):
    """A text that stands in a JSON document as it is, whether it is JSON or not."""

    __slots__ = ()


def nested(levels: int) -> Literal:
    """Lists within lists."""
    return Literal("[" * levels + "]" * levels)


NUMBERS: list[Any] = [
    *(0, 1, -1, 2, 50, 51, 100, 101, 1000, 10_000, 10**9, 10**15),
    *(2**31 - 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**40),
    *(0.5, -0.0, 1.0, 1e-308, 5e-324, 1e308, -1e308, 1.5e15, 0.1 + 0.2),
    # Not JSON, but often sent; and JSON that few readers can hold.
    *map(Literal, ("NaN", "Infinity", "-Infinity", "1e309", "-1e309", "1e-400", "-0", "0x10")),
    *(Literal("1" + "0" * digits) for digits in (308, 999, 1000, 5000)),
    Literal("0." + "3" * 5000),
]
TIMES: list[Any] = [
    *(-1, 0, 1737556107.704, 253402300799, 253402300800, -62135596800, -62135596801, 1e11, -1e18),
    *(221845392000, 221845391999.9999, 1e-7, 4294967296, 1737556107704),
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0000-01-01", "-0001-01-01"),
    *("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-14:00", "9999-12-31T24:00:00Z"),
    *("9000-01-01", "8999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "10000-01-01", "2025"),
    *("2025-02-30", "2025-W01-1", "2025-W54-1", "2025-000", "2025-366", "20250122", "2025-01-22"),
    *("2025-01-22T23:59:60Z", "2025-01-22T12:00:00+99:99", "2025-01-22T12:00:00-23:59"),
    *("2025-01-22T12:00:00.1234567890123Z", "2025-01-22T12", "2025-01-22 12:00:00", "now"),
    *(
        "Wed, 22 Jan 2025 12:00:00 GMT",
        "\u0662\u0660\u0662\u0665-\u0660\u0661-\u0662\u0662",
        "2025-01-22T12:00:00Z\n",
        "1737556107",
    ),
]
TEXTS: list[Any] = [
    *("", " ", "\n", "\t", "\x00", "a\x00b", "\x7f", "\x1b[31m", "\ufeff", "\u2028", "\uffff"),
    # Halves of characters, alone and the wrong way round.
    *("\ud800", "a\udfff", "\udfff\ud800", "\udcff"),
    *(
        "\u0663",
        "\U0001d4b3",
        "ß",
        "\u0130",
        "e\u0301",
        "\u202egpj.exe",
        "\u200d",
        "\uff1c",
        "\ufdfa" * 100,
    ),
    *("%s%n%d", "{}", "{0.__class__}", "{name}", "${jndi:ldap://x/a}", "$(id)", "`id`", "%00"),
    *(
        "../../../etc/passwd",
        "file:///etc/passwd",
        "http://169.254.169.254/",
        "s3://",
        "s3://a/../",
    ),
    *("' OR 1=1 --", '"><script>alert(1)</script>', "a\r\nX-Injected: 1", "<!ENTITY x>", "*", "[a"),
    *("?", "[!]", "**", ".*", "(a+)+$", "\\", "\\u0000", "None", "null", "true", "0", "-1", "1e5"),
    *("__class__", "__init__", "self", "constructor", "__proto__", "Default", "default", "aws:a"),
    *("a" * 64, "a" * 65, "a" * 256, "a" * 257, "a" * 1025, "a" * 5000, "a" * 300_000),
    *("-" * 300, "1." * 600, "a-" * 2000, "/" * 3000, ":" * 300, " " * 2000, "\u00e9" * 4000),
]
ARNS = [
    "arn:aws:sagemaker:us-west-2:123456789012:training-plan/",
    "arn:aws:sagemaker:us-west-2:123456789012:training-plan/none",
    "arn:aws:sagemaker:us-west-2:222222222222:training-plan/jobs",
    "arn:aws:sagemaker:us-east-1:123456789012:training-plan/jobs",
    "arn:aws:sagemaker:nowhere:123456789012:training-plan/jobs",
    "arn:aws-cn:sagemaker:us-west-2:123456789012:training-plan/jobs",
    "arn:aws:sagemaker:us-west-2:123456789012:training-plan/jobs/more",
    "arn:aws:sagemaker:us-west-2:123456789012:training-plan:jobs",
    "arn:aws:sagemaker:us-west-2::training-plan/jobs",
    "arn:aws:sagemaker:::",
    "arn:aws:sagemaker:us-west-2:123456789012:nothing/jobs",
    "arn:aws:sagemaker:us-west-2:123456789012:cluster/0123456789ab",
    "arn:aws:sagemaker:us-west-2:123456789012:training-job/none",
    "arn:aws:sagemaker:us-west-2:123456789012:reserved-capacity/none",
    "arn:aws:sagemaker:us-west-2:123456789012:app/d/u/jupyterlab/default",
    "arn:aws:sagemaker:us-west-2:123456789012:app/d",
    "arn:aws:s3:::bucket",
    "arn:aws:iam::222222222222:role/other",
    "arn:" + ":" * 400,
    "arn",
    "i-0123456789abcdef0",
    "tpo-" + "0" * 64,
    "tpeo-" + "f" * 64,
    "d-" + "0" * 12,
    "01234567-89ab-cdef-0123-456789abcdef",
]


def forged(content: Any) -> str:
    """A token as a service might have made it."""
    return base64.b64encode(json.dumps(content).encode()).decode()


TOKENS = [
    *("x", "=", "AAAA", "A" * 8192, base64.b64encode(b"\xff\xfe").decode(), forged(None)),
    *(forged(each) for each in ([], {}, [1, 2], ["0" * 16, []], ["0" * 16, ["a"]], "text")),
    *(forged(["0" * 16, ["9999-12-31T23:59:59+00:00", "a"]]), forged({"offset": -1})),
    base64.b64encode(b"[" * 3000).decode(),
    base64.b64encode(b"[1" + b"0" * 4000 + b"]").decode(),
]
OTHERS: list[Any] = [
    *(None, True, False, [], {}, [None], [[]], [{}], {"": ""}, {"a": None}, {"Key": "a"}, ["a", 1]),
    *map(nested, (50, 101, 2000)),
    *(Literal(each) for each in ('{"a":' * 60 + "1" + "}" * 60, '{"a":1,"a":2}', "{,}", "'a'")),
    [0] * 1001,
    ["a"] * 5000,
    [{"Key": "a", "Value": "b"}] * 300,
    {f"k{number}": "v" for number in range(1200)},
]
EVERY: list[Any] = [*NUMBERS, *TIMES, *TEXTS, *ARNS, *TOKENS, *OTHERS]

# Headers that a client may get wrong; None leaves one out.
HEADERS: list[dict[str, str | bytes | None]] = [
    {"Content-Type": None},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "multipart/form-data; boundary=x"},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": "text/xml"},
    {"Content-Type": "\xff"},
    {"Content-Encoding": "gzip"},
    {"Content-Encoding": "GZIP"},
    {"Content-Encoding": "br, gzip, identity"},
    {"Accept": "application/xml"},
    {"Accept-Encoding": "x" * 2000},
    {"Authorization": None},
    {"Authorization": ""},
    {"Authorization": "Bearer x"},
    {"Authorization": "AWS4-HMAC-SHA256 Credential=////, SignedHeaders=, Signature="},
    {
        "Authorization": "AWS4-HMAC-SHA256 Credential=A/20250121/nowhere-1/sagemaker/aws4_request, "
        "SignedHeaders=host, Signature=0"
    },
    {
        "Authorization": "AWS4-HMAC-SHA256 Credential=A/20250121/us-west-2/s3/aws4_request, "
        "SignedHeaders=host, Signature=0"
    },
    {"X-Amz-Date": "99999999T999999Z"},
    {"X-Amz-Security-Token": "x" * 5000},
    {"x-moto-account-id": "not an account"},
    {"X-Amz-Target": None},
    {"X-Amz-Target": ""},
    {"X-Amz-Target": "SageMaker"},
    {"X-Amz-Target": "SageMaker.__class__"},
    {"X-Amz-Target": "ServiceQuotasV20190624.ListTrainingPlans"},
    {"X-Amz-Target": "SageMaker.ListTrainingPlans" + "x" * 3000},
    {"X-HTTP-Method-Override": "DELETE"},
]
