"""CloudFormation with clusters among its resources, and stacks that fail as AWS's do."""
