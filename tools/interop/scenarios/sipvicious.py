"""Runs a tool of Debian's sipvicious as it is, but for what its command line can't say.

usage: sipvicious.py svmap|svwar|svcrack SOURCE-ADDRESS USER-AGENT|- ARGUMENT...

svwar and svcrack ignore --bindingip, and none of them can call itself anything but friendly-scanner. With --every as its
first argument svwar goes on where all answers are alike, and reports every name that is asked for a password.
"""
import importlib
import sys

sys.path.insert(0, '/usr/share/sipvicious')
from sipvicious.libs import svhelper  # noqa: E402

tool, source, agent, *arguments = sys.argv[1:]
if agent != '-':
    defaults = svhelper.makeRequest.__defaults__
    assert defaults.count('friendly-scanner') == 1, defaults
    svhelper.makeRequest.__defaults__ = tuple(agent if each == 'friendly-scanner' else each for each in defaults)

module = importlib.import_module(f'sipvicious.{tool}')
scanner = {'svmap': 'DrinkOrSip', 'svwar': 'TakeASip', 'svcrack': 'ASipOfRedWine'}[tool]
made = getattr(module, scanner).__init__


def bound(self, *args, **named):
    made(self, *args, **{**named, 'bindingip': source, 'externalip': source})


getattr(module, scanner).__init__ = bound
if arguments[:1] == ['--every']:
    # What an unknown name gets, it would take from its first answer, and stop when a second one is the same.
    setattr(getattr(module, scanner), 'BADUSER', property(lambda self: 'unlike any', lambda self, value: None))
    arguments[:1] = ['--force']
sys.argv = [tool, *arguments]
module.main()
