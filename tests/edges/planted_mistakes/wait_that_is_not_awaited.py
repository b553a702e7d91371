r"""An async tool's call is not awaited, so nothing was bought.

caught: assert \[\] == \['plan'\]
"""

import asyncio


def test_the_tool_buys(training_plans, sagemaker, buy):
    async def tool():
        await asyncio.sleep(0)
        buy()

    tool().close()
    # right: asyncio.run(tool())
    plans = sagemaker.list_training_plans()["TrainingPlanSummaries"]
    assert [plan["TrainingPlanName"] for plan in plans] == ["plan"]
