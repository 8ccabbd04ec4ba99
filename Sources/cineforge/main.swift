print("cineforge")
