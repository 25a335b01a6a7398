"""How close a customer has come: 模糊鱼 to 义务宣传员, each step with its reasons."""
