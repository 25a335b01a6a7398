"""What customers own, its meter, its care card and its maintenance plan."""
