"""`labtop report`: what came of the runs, as one file that can be mailed. It refers to no other file and no network."""
