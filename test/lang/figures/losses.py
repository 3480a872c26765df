"""Figures for losses.test.ts: python losses.py > losses.json, with PyTorch 2.15."""
import torch
import torch.nn.functional as F
from figures import case, noise, write

x, y, z = noise([3, 4]), noise([3, 4], 2), noise([3, 4], 3)
signs = torch.tensor([1.0, -1.0, 1.0])
many = torch.sign(noise([3, 4], 4))
labels = torch.tensor([2, 0, 3])
cases = {}

# -- distances and angles
cases['cosineSimilarity'] = case(lambda a, b: F.cosine_similarity(a, b, dim=0), x, y)
cases['cosineSimilarity broadcast'] = case(lambda a, b: F.cosine_similarity(a, b, dim=-1), x, noise([2, 1, 4], 2))
for p in [1.0, 2.0, 3.0, float('inf')]:
    cases[f'pairwiseDistance {p}'] = case(lambda a, b, p=p: F.pairwise_distance(a, b, p=p, keepdim=True), x, y)
    cases[f'cdist {p}'] = case(lambda a, b, p=p: torch.cdist(a, b, p=p), noise([2, 3, 4]), noise([2, 2, 4], 2))
    cases[f'pdist {p}'] = case(lambda a, p=p: F.pdist(a, p=p), noise([4, 3]))
cases['localResponseNorm'] = case(lambda a: F.local_response_norm(a, 3, alpha=0.2, beta=0.6, k=1.5), noise([2, 5, 3]))
cases['localResponseNorm even'] = case(lambda a: F.local_response_norm(a, 4, alpha=0.2), noise([2, 5, 3]))

# -- losses
for reduction in ['mean', 'sum', 'none']:
    r = {'reduction': reduction}
    cases[f'marginRankingLoss {reduction}'] = case(lambda a, b, t: F.margin_ranking_loss(a, b, t, margin=0.3, **r), x, y, many)
    cases[f'hingeEmbeddingLoss {reduction}'] = case(lambda a, t: F.hinge_embedding_loss(a, t, margin=1.2, **r), x, many)
    cases[f'softMarginLoss {reduction}'] = case(lambda a, t: F.soft_margin_loss(a, t.detach(), **r), x, many)
    cases[f'cosineEmbeddingLoss {reduction}'] = case(lambda a, b, t: F.cosine_embedding_loss(a, b, t, margin=-0.9, **r), x, y, signs)
    cases[f'tripletMarginLoss {reduction}'] = case(lambda a, p, n: F.triplet_margin_loss(a, p, n, margin=1.5, **r), x, y, z)
    cases[f'multiMarginLoss {reduction}'] = case(lambda a, t: F.multi_margin_loss(a, t, margin=0.7, **r), x, labels)
    cases[f'multilabelMarginLoss {reduction}'] = case(
        lambda a, t: F.multilabel_margin_loss(a, t, **r), x, torch.tensor([[3, 0, -1, 1], [-1, 0, 0, 0], [1, 2, 3, -1]]))
    cases[f'multilabelSoftMarginLoss {reduction}'] = case(
        lambda a, t, w: F.multilabel_soft_margin_loss(a, t, w, **r), x, (many > 0).double(), noise([4], 5).abs())
    cases[f'poissonNllLoss {reduction}'] = case(lambda a, t: F.poisson_nll_loss(a, t, full=True, **r), x, y.abs() * 3)
    cases[f'gaussianNllLoss {reduction}'] = case(lambda a, t, v: F.gaussian_nll_loss(a, t, v, full=True, **r), x, y, z.abs())
cases['tripletMarginLoss swap'] = case(lambda a, p, n: F.triplet_margin_loss(a, p, n, p=3, swap=True, reduction='sum'), x, y, z)
cases['multiMarginLoss squares'] = case(
    lambda a, t, w: F.multi_margin_loss(a, t, p=2, weight=w.detach()), x, labels, noise([4], 5).abs())
cases['poissonNllLoss of rates'] = case(lambda a, t: F.poisson_nll_loss(a, t, log_input=False), x.abs(), y.abs() * 3)
cases['gaussianNllLoss of small variances'] = case(
    lambda a, t, v: F.gaussian_nll_loss(a, t, v, eps=0.5), x, y, noise([3, 1], 3).abs())

# -- connectionist temporal classification
logits = noise([6, 3, 4])
texts = torch.tensor([[1, 2, 2], [3, 1, 0], [2, 0, 0]])
steps, lengths = torch.tensor([6, 5, 4]), torch.tensor([3, 2, 0])
ctc = lambda **o: lambda a, t, n, k: F.ctc_loss(a.log_softmax(-1), t, n, k, **o)
for reduction in ['mean', 'sum', 'none']:
    cases[f'ctcLoss {reduction}'] = case(ctc(reduction=reduction), logits, texts, steps, lengths)
cases['ctcLoss blank'] = case(ctc(blank=3), logits, texts.remainder(3), steps, torch.tensor([1, 2, 1]))
cases['ctcLoss too short'] = case(
    ctc(reduction='none', zero_infinity=True), logits, texts, torch.tensor([3, 2, 6]), torch.tensor([3, 2, 1]))
cases['ctcLoss of one'] = case(ctc(reduction='sum'), noise([5, 3]), torch.tensor([1, 1]), torch.tensor(5), torch.tensor(2))

# -- bags
table, index = noise([5, 3]), torch.tensor([[0, 4, 2, 2], [1, 1, 3, 0]])
for mode in ['sum', 'mean', 'max']:
    cases[f'embeddingBag {mode}'] = case(lambda w, i: F.embedding_bag(i, w, mode=mode), table, index)
    cases[f'embeddingBag {mode} padding'] = case(lambda w, i: F.embedding_bag(i, w, mode=mode, padding_idx=2), table, index)
    cases[f'embeddingBag {mode} offsets'] = case(
        lambda w, i, o: F.embedding_bag(i, w, o, mode=mode), table, index.reshape(-1), torch.tensor([0, 3, 3, 5]))
cases['embeddingBag weights'] = case(
    lambda w, i, s: F.embedding_bag(i, w, mode='sum', per_sample_weights=s), table, index, noise([2, 4], 7))

# -- attention
q, k, v = noise([2, 6, 3, 4]), noise([2, 2, 5, 4], 2), noise([2, 2, 5, 3], 3)
attend = F.scaled_dot_product_attention
cases['attention grouped'] = case(lambda a, b, c: attend(a, b, c, enable_gqa=True), q, k, v)
cases['attention grouped mask'] = case(
    lambda a, b, c, m: attend(a, b, c, m, enable_gqa=True, scale=0.4), q, k, v, noise([2, 6, 3, 5], 5))
cases['attention added'] = case(lambda a, b, c, m: attend(a, b, c, m), q[:, :2], k, v, noise([3, 5], 5))
cases['attention hidden'] = case(lambda a, b, c, m: attend(a, b, c, m), q[:, :2], k, v, noise([3, 5], 5) > -0.5)
write(cases)
