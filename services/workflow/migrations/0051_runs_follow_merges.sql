-- Runs follow a merge as tasks do: a pathway goes on for whoever took over.
call follow_patients('runs');
