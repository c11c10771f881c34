// @ts-check
/** What the article cites, in the language of the papers. */

const arxiv = (/** @type {string} */ number) => ({ name: `arXiv:${number}`, href: `https://arxiv.org/abs/${number}` });

export const REFERENCES = {
  kingma: { authors: "D. P. Kingma, M. Welling", year: 2014, title: "Auto-Encoding Variational Bayes", venue: "ICLR", ...arxiv("1312.6114") },
  rezende: {
    authors: "D. J. Rezende, S. Mohamed, D. Wierstra", year: 2014,
    title: "Stochastic Backpropagation and Approximate Inference in Deep Generative Models", venue: "ICML", ...arxiv("1401.4082"),
  },
  sohn: {
    authors: "K. Sohn, H. Lee, X. Yan", year: 2015,
    title: "Learning Structured Output Representation using Deep Conditional Generative Models", venue: "NIPS",
    name: "papers.nips.cc", href: "https://papers.nips.cc/paper/5775-learning-structured-output-representation-using-deep-conditional-generative-models",
  },
  burda: { authors: "Y. Burda, R. Grosse, R. Salakhutdinov", year: 2016, title: "Importance Weighted Autoencoders", venue: "ICLR", ...arxiv("1509.00519") },
  higgins: {
    authors: "I. Higgins, L. Matthey, A. Pal, C. Burgess, X. Glorot, M. Botvinick, S. Mohamed, A. Lerchner", year: 2017,
    title: "beta-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework", venue: "ICLR",
    name: "openreview.net", href: "https://openreview.net/forum?id=Sy2fzU9gl",
  },
  oord: { authors: "A. van den Oord, O. Vinyals, K. Kavukcuoglu", year: 2017, title: "Neural Discrete Representation Learning", venue: "NIPS", ...arxiv("1711.00937") },
  sun: {
    authors: "D. Sun, T. Ren, C. Li, H. Su, J. Zhu", year: 2018,
    title: "Learning to Write Stylized Chinese Characters by Reading a Handful of Examples", venue: "IJCAI", ...arxiv("1712.06424"),
  },
};
