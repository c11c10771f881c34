// @ts-check
import { fixed } from "../numbers.js";

/** @typedef {import("../../rooms/story/article/facts.js").Facts} Facts */

const nats = (/** @type {number} */ value) => `${fixed(value, 1)}\u00a0nats`;
const percent = (/** @type {number} */ share) => `${fixed(100 * share, 1)}\u00a0%`;
const count = (/** @type {number} */ n) => n.toLocaleString("en");

/** In prose `{kingma}` is the citation of that name. */
export const words = {
  title: "Why a VAE: the argument",
  standfirst: "An autoencoder can copy, but it can’t invent. Two things change that: noise in its middle, and a price for certainty. This is the argument behind the seven scenes, with figures that this page computes while you read.",
  contents: "Contents",
  figure: (/** @type {number} */ n) => `Figure ${n}.`,
  computing: "Computed when it comes into view",
  encoded: (/** @type {number} */ done, /** @type {number} */ all) => `${count(done)} of ${count(all)} test digits encoded`,
  failed: (/** @type {string} */ reason) => `The figure could not be made (${reason}). `,
  again: "Try again",
  empty: "Nothing is drawn: this figure waits for what you draw.",
  references: "References",
  cite: {
    kingma: "Kingma & Welling (2014)",
    rezende: "Rezende et al. (2014)",
    higgins: "Higgins et al. (2017)",
    burda: "Burda et al. (2016)",
    oord: "van den Oord et al. (2017)",
    sohn: "Sohn et al. (2015)",
    sun: "Sun et al. (2018)",
  },

  sections: {
    holes: {
      title: "A space with holes",
      text: [
        (/** @type {Facts} */ f) => `An autoencoder is two networks with a bottleneck between them. The encoder turns a drawing of 784 pixels into ${f.latent} numbers, its code z; the decoder turns the code back into a drawing; and both are trained until what comes out resembles what went in. The one in this page does that well: on ${count(f.images)} digits that it has never seen, the reconstruction error D is ${nats(f.ae.recon)} a digit.`,
        () => "That seems to be enough to make new digits: pick any point of the latent space and decode it. It is not. Training only ever asked the decoder about points that the encoder had produced, and the encoder was free to put them wherever it liked: far out, in clumps, on a thin and slanted sheet. Between them lies ground that nobody asked about, and there the decoder says whatever its weights happen to say. Such a space has holes, and nothing in the loss minds.",
        (/** @type {Facts} */ f) => `The figure shows where the codes lie, compared with the standard normal distribution, and what comes of decoding noise from that distribution: strokes and fragments of strokes, hardly ever a digit. A classifier that knows nothing but digits still finds one in many of them; of ${count(f.samples)} such samples it is more than 90\u00a0% sure of ${percent(f.ae.share)}. The eye is stricter.`,
      ],
    },
    gaussian: {
      title: "An image is not a point",
      text: [
        () => "The first change is to give up the point. Every image X gets a whole distribution over codes, its posterior p(Z|X), and that is the simplest one there is: a Gaussian of its own, with a mean and a variance in each dimension. The encoder becomes two functions of the image, in practice two heads of one network: f₁ answers with μ, f₂ with log σ². {kingma} and {rezende} came to this independently.",
        () => "Why the logarithm? A variance must be positive, and a network’s output may be any real number, so something has to stand between the two. The exponential does. Every number is a valid log σ², so that the head needs no activation function; equal steps of it are equal factors of σ; and σ can be neither zero nor negative. It is also the very term that the loss will ask for.",
        () => "Such a cloud says: the image lies about here, and I am this unsure. A decoder that is trained on samples of clouds has to give a sensible answer wherever a cloud reaches. Points cover no ground; clouds do. And where the clouds of two images overlap, the decoder has to find something between the two.",
      ],
    },
    noise: {
      title: "Noise that lets the gradient through",
      text: [
        () => "Training now has a random step in its middle: take a sample z of the Gaussian, decode it, compare. But chance has no derivative, and without one the encoder would learn nothing. The way out is to draw the chance elsewhere. A sample of any Gaussian is one of the standard Gaussian, stretched and shifted:",
        () => "In this form ε is an input that happens to be random, and z an ordinary differentiable function of μ and σ. The gradient of the error reaches μ as it is, and σ multiplied by ε. None goes to ε, and none needs to: no weights stand behind it. This is the reparameterisation trick. A single sample per image and step will do, since training averages over a great many steps anyway.",
      ],
    },
    alone: {
      title: "What reconstruction wants",
      text: [
        () => "So far there is noise, but no reason to keep it. To the reconstruction error D noise is damage: a code that was moved by σ\u00a0ε decodes to something slightly else. The encoder has two ways out. It can push the means apart until the displacement no longer matters, or it can shrink σ. It does both, and nothing stops it on the way to σ = 0.",
        (/** @type {Facts} */ f) => `What comes of it is an autoencoder in disguise. The first network of the figure is built as a VAE and was trained with the noise in place, but on D alone. On the test digits it reaches a D of ${nats(f.beta0.recon)}, as the plain autoencoder does with ${nats(f.ae.recon)}. Its clouds have become specks, and with them the holes are back. Scene 3 trains such a network before your eyes.`,
      ],
    },
    price: {
      title: "A price for certainty",
      text: [
        () => "What is missing is something that makes certainty cost. Take one reference for all images, N(0, I), and charge every posterior for its divergence from it, after Kullback and Leibler. Between Gaussians that integral has a closed form:",
        () => "Every dimension pays twice. The mean pays ½\u00a0μ² for leaving the origin. The width pays ½\u00a0(σ² − 1 − log σ²), which is nothing at σ = 1 and grows without limit as σ goes to 0: here is the logarithm again, and it is what makes perfect certainty infinitely expensive. Free of charge is only μ = 0 with σ = 1. Such a cloud says nothing about its image.",
        (/** @type {Facts} */ f) => `The currency is the nat, the same as that of D, so the two can be added: the loss of a VAE is D + KL, and a dimension moves away from the reference where that saves more reconstruction than it costs. On the test digits our VAE pays ${nats(f.vae.kl)} of KL and ends with D at ${nats(f.vae.recon)}. Its copies are worse than those of the autoencoder. That is what it gave for clouds that stay open and stay together.`,
      ],
    },
    aggregate: {
      title: "All clouds together",
      text: [
        () => "Why should every image be pulled to the same Gaussian, when images differ? Because it is their sum that counts. Averaged over all images, the posteriors make up the aggregate posterior, and this is the distribution of codes that the decoder has been trained on:",
        () => "If the mixture is close to N(0, I), sampling works. A z from N(0, I) then falls where clouds of real images lie, and the decoder knows its way. KL sees to that, for its average over the images is the sum of two things: how much the codes tell about their images, and how far the mixture is from N(0, I). D defends the first. Nobody defends the second, so it shrinks.",
        () => "The figure draws every dimension of both mixtures over the bell curve. The VAE’s keep close to it; the autoencoder’s go their own ways.",
      ],
    },
    samples: {
      title: "The test",
      text: [
        (/** @type {Facts} */ f) => `Whether the argument holds can be seen by sampling. The same noise goes through three decoders, and a classifier that reads ${fixed(100 * f.accuracy, 2)}\u00a0% of the test digits right says what is a digit. Over ${count(f.samples)} samples it is more than 90\u00a0% sure of ${percent(f.ae.share)} of the autoencoder’s, of ${percent(f.vae.share)} of the VAE’s, and of ${percent(f.beta4.share)} where KL weighs four times as much. Even that flatters the autoencoder, since who has learnt nothing but digits is sure of many a speck; the figure counts only samples with as much ink as the thinnest test digit. The VAE’s mixture comes close to N(0, I) without being equal to it, and that difference can be learnt: with a prior that was fitted to the mixture, the model on this page’s first screen goes from ${percent(f.first.share)} to ${percent(f.first.learned)}.`,
      ],
    },
    beta: {
      title: "How much to pay",
      text: [
        () => "Nothing says that the two terms must weigh the same. {higgins} put a factor β before KL and called the result a β-VAE. Below 1 certainty is cheap: reconstructions get sharper, clouds shrink, the mixture drifts away from the prior. Above 1 it is dear: clouds swell until they overlap, and of what an image is, only the most useful gets through, often in dimensions that stand for one thing each.",
        (/** @type {Facts} */ f) => `Far enough up, one dimension after the other no longer earns its price. Its posterior becomes N(0, 1) for every image, its KL is 0, and the decoder learns to overlook it. This is posterior collapse. At β = 10, ${f.beta10.active} of ${f.latent} dimensions are still in use; KL is down to ${nats(f.beta10.kl)}, and D is up to ${nats(f.beta10.recon)}. With a decoder that is strong enough to do without a code, it happens at β = 1 too. It helps to raise β slowly from 0, or to leave each dimension a few nats free of charge.`,
      ],
    },
    bound: {
      title: "What is being maximised",
      text: [
        () => "One arrives at the same loss from the other side. Think of a model that makes images: z is drawn from N(0, I), X from what the decoder makes of z. We would like to maximise log p(X), but that is an integral over all z, which nobody can work out. Jensen’s inequality gives a lower bound for any distribution q(z|X), the evidence lower bound, ELBO for short:",
        () => "So the error and the price were a likelihood all along, where D is −log p(X|z): squared error for Gaussian pixels, cross-entropy for binary ones. The bound asks for β = 1. What it falls short by is the divergence of our Gaussian from the true posterior, so training also makes the encoder as truthful as a Gaussian can be.",
        () => "It can be tightened without changing the network. {burda} draw k samples instead of one, weight each by how well it explains the image, and take the logarithm of their average:",
        (/** @type {Facts} */ f) => `With k = 1 this is the ELBO; with more it can only rise on average, and in the limit it is log p(X) itself. On the test digits our VAE’s bound is ${nats(f.vae.elbo)} with one sample and ${nats(f.vae.bound)} with ${f.vae.k}. That much of its loss was never the model’s fault, only the bound’s.`,
      ],
    },
    onward: {
      title: "Where to go on",
      text: [
        () => "A code need not be a cloud. In the VQ-VAE of {oord} the encoder picks entries of a learned codebook; KL is then a constant, so nothing collapses, and a second model learns which entries follow each other. A decoder can be told what is known already: give both networks the digit, as {sohn} do, and what is left for the code is how it was written. And a code can be taken apart by meaning. {sun} keep what a character says apart from the hand that wrote it, and write other characters in that hand after seeing a few examples.",
        () => "All of them keep the core of it: an encoder that says how sure it is, a decoder that is trained where its samples will come from, and a price that makes these two places the same.",
      ],
    },
  },

  figures: {
    holes: {
      label: (/** @type {number} */ digits) => `The codes of ${count(digits)} test digits in the first two dimensions, with the circles of N(0, I)`,
      decoded: "Noise from N(0, I), decoded by the autoencoder",
      caption: (/** @type {number} */ digits, /** @type {number} */ least, /** @type {number} */ most, /** @type {number} */ read, /** @type {number} */ all) =>
        `An autoencoder’s codes of ${count(digits)} test digits, first two dimensions, with the circles of N(0, I) at one, two and three standard deviations. Those of the codes are ${fixed(least, 1)} to ${fixed(most, 1)}. Beneath, ${all} points from N(0, I), decoded: ${read} of them count as digits, and the others are paler.`,
    },
    plane: {
      label: "The latent plane with the posteriors of all test digits and that of the drawing",
      caption: (/** @type {string} */ mu, /** @type {string} */ logVar, /** @type {string} */ sigma) =>
        `A VAE with two latent dimensions. Grey: the posteriors of the test digits, each as wide as its σ. In colour: that of the drawing on the pad, with μ = (${mu}). Its f₂ answers log σ² = (${logVar}), so that σ = (${sigma}).`,
    },
    widths: {
      label: (/** @type {string} */ beta, /** @type {number} */ mean) => `How often each sigma occurs at ${beta}; the mean is ${fixed(mean, 4)}`,
      mean: (/** @type {number} */ mean) => `mean ${fixed(mean, 4)}`,
      caption: (/** @type {number} */ digits, /** @type {number} */ times) =>
        `Every σ of ${count(digits)} test digits, on a logarithmic axis, in three networks that differ in β alone. Without KL the mean σ is ${count(Math.round(times))} times smaller than with it at full weight. The tall bar on the left is the least σ that the program computes; at the right, the bar at 1 is that of dimensions which have given up.`,
    },
    aggregate: {
      names: { ae: "Autoencoder", vae: "VAE" },
      label: (/** @type {string} */ name, /** @type {number} */ kl) => `${name}: the density of every dimension over the bell curve; the least KL is ${fixed(kl, 2)} nats`,
      distance: (/** @type {number} */ kl) => `at least ${fixed(kl, 2)} nats from N(0, I)`,
      caption: (/** @type {number} */ digits, /** @type {number} */ latent) =>
        `The mixtures of the posteriors of ${count(digits)} test digits: each of the ${latent} dimensions by itself, and dashed the bell curve of N(0, 1). The distance is the KL of the Gaussian with the mixture’s mean and covariance, the least that anything with these moments can have. The autoencoder’s points are drawn 0.1 wide.`,
    },
    samples: {
      names: { ae: "Autoencoder", vae: "VAE, β = 1", "beta-4": "VAE, β = 4" },
      label: (/** @type {string} */ name, /** @type {number} */ read, /** @type {number} */ all) => `${name}: of ${all} samples, ${read} are digits`,
      read: (/** @type {number} */ read, /** @type {number} */ all) => `${read} of ${all}`,
      caption: "The same noise in the same place of all three. A digit is what the classifier is more than 90\u00a0% sure of, with as much ink as the thinnest test digit; the others are paler.",
    },
    ladder: {
      label: "Reconstruction and KL in nats at each beta, on the test digits",
      decoded: (/** @type {string} */ beta) => `The drawing, decoded at ${beta}`,
      recon: "D",
      kl: "KL",
      caption: (/** @type {number} */ images) =>
        `One architecture, trained with six values of β: D and KL in nats, averages over ${count(images)} test digits. Beneath, the drawing on the pad, decoded from μ by each.`,
    },
  },
};
