CineForge.main()
