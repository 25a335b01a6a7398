"""The register of authorised agents (代理商), so that customers can check who they deal with."""
