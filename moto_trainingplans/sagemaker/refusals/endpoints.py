"""What a refused request on endpoints is answered."""

from __future__ import annotations

from ...simulation.endpoints import errors
from .codes import VALIDATION, Answers

# source: choice for every text that is not marked otherwise
ANSWERS: Answers = {
    # source: documented
    errors.TooFewReserved: (
        VALIDATION,
        "Requested instance count ({count}) exceeds reserved capacity ({reserved}) "
        "for training plan.",
    ),
    errors.SeveralPlans: (
        VALIDATION,
        "An endpoint can use one training plan, not both {plan} and {other}.",
    ),
    # source: observed
    errors.EndpointInProgress: (VALIDATION, 'Cannot update in-progress endpoint "{arn}".'),
    errors.EndpointHasFailed: (
        VALIDATION,
        'Cannot update endpoint "{arn}": it has failed, and can only be deleted.',
    ),
    errors.ReservationWithoutType: (
        VALIDATION,
        "Production variant {variant} has a capacity reservation, and needs an InstanceType.",
    ),
    # source: observed
    errors.EndpointConfigExists: (
        VALIDATION,
        'Cannot create already existing endpoint configuration "{arn}".',
    ),
    # source: observed
    errors.EndpointExists: (VALIDATION, 'Cannot create already existing endpoint "{arn}".'),
    # moto has these three too.
    # source: observed
    errors.UnknownEndpoint: (VALIDATION, 'Could not find endpoint "{arn}".'),
    # source: observed
    errors.VariantNamedTwice: (
        VALIDATION,
        'The variant name "{variant}" was non-unique within the request.',
    ),
    # source: observed
    errors.UnknownVariant: (
        VALIDATION,
        'The variant name(s) "{variant}" is/are not present within endpoint configuration '
        '"{config}".',
    ),
    errors.OnlyServerless: (
        VALIDATION,
        "Production variant {variant} is not serverless, and has no ServerlessUpdateConfig.",
    ),
}
