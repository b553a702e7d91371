"""What a refused request on Studio apps is answered."""

from __future__ import annotations

from ...simulation.studio_apps import errors
from .codes import IN_USE, NOT_FOUND, VALIDATION, Answers

# source: choice for every text that is not marked otherwise
ANSWERS: Answers = {
    errors.NoFreeInstance: (VALIDATION, "Training plan {plan} has no instance that is free."),
    errors.AppWithoutType: (
        VALIDATION,
        "ResourceSpec.InstanceType is required for an app on a training plan.",
    ),
    # source: model
    errors.AppTypeWithoutPlans: (
        VALIDATION,
        "Apps of type {app_type} cannot use training plans: JupyterLab and CodeEditor can.",
    ),
    errors.NotOneOwner: (VALIDATION, "Either UserProfileName or SpaceName is required, not both."),
    errors.UnknownApp: (NOT_FOUND, "App {app} does not exist."),
    errors.AppExists: (IN_USE, "App {app} already exists."),
    errors.AppIsDeleted: (IN_USE, "App {app} is already deleted."),
}
