"""What WeChat's two platforms have in common: crypto, XML, accounts, tokens, errors, allowances."""
