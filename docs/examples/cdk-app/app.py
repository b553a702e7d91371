"""The app that `cdk deploy` synthesises."""

from __future__ import annotations

import aws_cdk as cdk

from research_cluster import ResearchCluster


def research_app(outdir: str | None = None) -> cdk.App:
    """The app with its stack, for one Region: training plans are sold by zone."""
    app = cdk.App(outdir=outdir)
    ResearchCluster(
        app,
        "Research",
        env=cdk.Environment(region="us-west-2"),
        zones=["us-west-2a", "us-west-2b"],
        instance_type="ml.p4d.24xlarge",
        instance_count=4,
    )
    return app


if __name__ == "__main__":
    research_app().synth()
