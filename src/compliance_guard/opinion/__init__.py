"""What a classifier says of a copy's sentences: the questions, the answers, and how sure is sure enough."""

from compliance_guard.opinion.labels import CLAIMS, DISCLOSURES, STANCES
from compliance_guard.opinion.opinion import Band, Classifier, Opinion, Said, opinion_of
from compliance_guard.opinion.sentence import Sentence

__all__ = ["CLAIMS", "DISCLOSURES", "STANCES", "Band", "Classifier", "Opinion", "Said", "Sentence", "opinion_of"]
