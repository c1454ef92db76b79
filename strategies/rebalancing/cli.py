def print_summary(path): print(path)
