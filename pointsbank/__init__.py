"""A points bank (公益银行) and the unmanned points shop (积分无人超市) that lives on it.

Read the house from the bottom up: foundation, ledger, people, then the rooms above.
"""

__version__ = "0.2.0"
