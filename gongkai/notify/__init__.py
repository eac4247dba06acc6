"""How people hear of what is due: tasks in the program, e-mail, a gateway of the office's own."""
