"""The few modules that know freqtrade: they translate, and decide nothing."""
