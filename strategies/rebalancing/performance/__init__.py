"""What a portfolio did, from its history: values, counterfactuals, contributions, figures."""
