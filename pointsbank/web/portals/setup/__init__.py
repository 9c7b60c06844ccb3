"""The set-up (设置): the pages that lead a new bank to its first neighbour, one decision each."""
