"""The terms of the course in English and Chinese: the one place that the glossary and its test read.

The Chinese is what textbooks of the mainland use. Where they use several words, one stands here.
"""

from typing import NamedTuple

from .markdown import Markdown, folded, table


class Term(NamedTuple):
    """One term, and the lesson that introduces it."""

    english: str
    chinese: str
    lesson: int
    meaning: str


GLOSSARY = {
    "Neurons and networks": (
        Term("activation", "激活函数", 1, "the function that turns a neuron's sum into its answer"),
        Term("bias", "偏置", 1, "the number that a neuron adds to its weighted sum"),
        Term("classifier", "分类器", 3, "the part of a network that names a class"),
        Term("dead", "神经元死亡", 1, "said of a unit whose slope is 0 for every example: it cannot learn"),
        Term("fully connected", "全连接", 3, "said of a layer in which each output reads every input"),
        Term("head", "输出头", 3, "the last layer of a network, which decides what it answers"),
        Term("hidden layer", "隐藏层", 1, "a layer between the input and the output"),
        Term("multilayer perceptron (MLP)", "多层感知机", 1, "layers of neurons, each reading the whole layer before"),
        Term("neuron", "神经元", 1, "a weighted sum of inputs plus a bias, sent through an activation"),
        Term("parameter", "参数", 1, "a number that a network learns: a weight or a bias"),
        Term("ReLU", "修正线性单元", 1, "an activation that keeps what is positive and makes 0 of the rest"),
        Term("residual connection", "残差连接", 6, "adds the input of a layer to its output"),
        Term("saturated", "饱和", 1, "said of a unit so far from 0 that its slope is nearly 0"),
        Term("score", "得分", 1, "what a classifier gives for each class, before softmax"),
        Term("sigmoid", "sigmoid 函数", 1, "an activation between 0 and 1"),
        Term("softmax", "softmax 函数", 1, "turns scores into positive shares that add up to 1"),
        Term("step", "阶跃函数", 1, "an activation that is 0 below 0 and 1 from 0 on"),
        Term("tanh", "双曲正切函数", 1, "an activation between −1 and 1"),
        Term("universal approximation theorem", "通用近似定理", 1, "enough hidden units come close to any curve"),
        Term("weight", "权重", 1, "the number that an input is multiplied by"),
        Term("XOR", "异或", 1, "true if exactly one of two inputs is; no single neuron can do it"),
    ),
    "Learning": (
        Term("Adam", "Adam 算法", 2, "an optimizer that divides each gradient by its usual size"),
        Term("AdamW", "AdamW 算法", 2, "Adam with decoupled weight decay"),
        Term("backpropagation", "反向传播", 1, "the chain rule, from the loss back, one layer at a time"),
        Term("batch", "批量", 1, "several examples that go through a network together"),
        Term("batch descent", "批量梯度下降", 2, "gradient descent on all examples at once"),
        Term("batch normalisation (batch norm)", "批量归一化", 2, "gives a unit mean 0 and variance 1 over a batch"),
        Term("biased", "有偏", 2, "wrong on average, however many samples the average takes"),
        Term("cache", "缓存", 1, "what forward keeps so that backward can use it"),
        Term("central differences", "中心差分", 1, "a slope measured by a nudge up and a nudge down"),
        Term("chain rule", "链式法则", 1, "slopes along a path multiply, and paths add"),
        Term("chaotic", "混沌", 6, "said of a training whose end depends on the last digit of its start"),
        Term("clipping by norm", "按范数裁剪", 6, "shortens a gradient that is too long and keeps its direction"),
        Term("clipping by value", "按值裁剪", 6, "cuts each entry of a gradient by itself, which turns it"),
        Term("cosine", "余弦相似度", 6, "1 if two vectors point the same way, 0 if at right angles"),
        Term("coupled", "耦合", 2, "said of weight decay that is added to the gradient: an L2 penalty"),
        Term("cross-entropy", "交叉熵", 1, "the loss of a class: minus the logarithm of its probability"),
        Term("curvature", "曲率", 2, "how fast a slope changes; the steepest sets the limit of the step"),
        Term("decoupled", "解耦", 2, "said of weight decay that shrinks the weights directly"),
        Term("epoch", "轮次", 1, "one pass through all training examples"),
        Term("error term", "误差项", 5, "how much the loss moves with a state or with a sum"),
        Term("gradient", "梯度", 1, "how much the loss moves for each unit that a number is nudged"),
        Term("gradient descent", "梯度下降", 2, "steps against the gradient, again and again"),
        Term("learning rate", "学习率", 1, "the factor that makes a step of a gradient"),
        Term("least squares", "最小二乘法", 1, "the weights with the smallest sum of squared errors, solved at once"),
        Term("log-sum-exp", "指数和的对数", 1, "the logarithm of a sum of exponentials, made safe from overflow"),
        Term("loss", "损失", 1, "one number that says how wrong the output is"),
        Term("mean squared error (MSE)", "均方误差", 1, "the mean of the squared differences from the targets"),
        Term("mini-batch descent", "小批量梯度下降", 2, "gradient descent on a few examples at a time"),
        Term("momentum", "动量", 2, "the share of the last velocity that a step keeps"),
        Term("Nesterov's form", "Nesterov 动量", 2, "momentum that steps as if the next push were known"),
        Term("overfit", "过拟合", 2, "to learn the noise of the training examples too"),
        Term("running statistics", "移动平均统计量", 2, "mean and variance that batch norm keeps for evaluation"),
        Term("schedule", "学习率调度", 2, "a rule that sets the learning rate of each step"),
        Term("stochastic gradient descent (SGD)", "随机梯度下降", 2, "on one example at a time, or on a few"),
        Term("unbiased", "无偏", 2, "right on average"),
        Term("velocity", "速度", 2, "the sum of gradients that momentum carries on"),
        Term("warm-up", "预热", 2, "short steps at the start, while gradients are wild"),
        Term("weight decay", "权重衰减", 2, "a pull of every weight towards 0"),
    ),
    "Pictures: convolution and pooling": (
        Term("adaptive pooling", "自适应池化", 4, "pooling that is told the size of its output"),
        Term("average pooling", "平均池化", 4, "keeps the mean of each window"),
        Term("bin", "区间", 4, "one of the parts into which adaptive pooling cuts a side"),
        Term("channel", "通道", 3, "one of the layers of a picture, for example its red"),
        Term("convolution", "卷积", 3, "one small table of weights, slid over a whole picture"),
        Term("cross-correlation", "互相关", 3, "convolution without turning the kernel: what networks do"),
        Term("dilation", "空洞率", 3, "the distance between the pixels of a window; 1 is side by side"),
        Term("equivariance", "等变性", 4, "the input moves, and the output moves along"),
        Term("feature extractor", "特征提取器", 3, "the layers that make features for the classifier"),
        Term("feature map", "特征图", 3, "what one kernel makes of a picture"),
        Term("full", "全（full）卷积", 3, "a convolution that takes every overlap, however small"),
        Term("global pooling", "全局池化", 4, "one window, or bin, for the whole picture"),
        Term("groups", "分组卷积", 3, "parts of the channels that do not see each other"),
        Term("invariance", "不变性", 4, "the input moves, and the output stays"),
        Term("jump", "累积步幅", 3, "pixels of the picture between two neighbours of a layer"),
        Term("kernel", "卷积核", 3, "the small table of weights that slides; also the size of a window"),
        Term("L_p pooling", "L_p 池化", 4, "the p-norm of each window, between the sum and the maximum"),
        Term("max pooling", "最大池化", 4, "keeps the largest number of each window"),
        Term("overlap", "重叠", 3, "of windows: shared pixels; of boxes: intersection over union, 交并比"),
        Term("padding", "填充", 3, "a frame around a picture, or steps after the end of a sequence"),
        Term("pooling", "池化", 4, "makes one number of each window"),
        Term("receptive field", "感受野", 3, "the pixels that can change one number of a layer"),
        Term("stride", "步幅", 3, "pixels from the start of one window to the next"),
        Term("strided convolution", "带步幅的卷积", 4, "a convolution with a stride above 1, which shrinks a picture"),
        Term("tap", "抽头", 4, "one position inside a window"),
        Term("translation equivariance", "平移等变性", 3, "move, then convolve, is convolve, then move"),
        Term("window", "窗口", 3, "the pixels, or the steps, that one output reads"),
    ),
    "Sequences: recurrent nets": (
        Term("backpropagation through time (BPTT)", "通过时间反向传播", 5, "backpropagation on the unrolled net"),
        Term("bag of words", "词袋", 5, "how often each word occurs, whatever the order"),
        Term("eigenvalue", "特征值", 6, "how much a matrix stretches a vector that it does not turn"),
        Term("Elman's net", "Elman 网络", 5, "a recurrent net whose state is its hidden layer"),
        Term("exploded", "梯度爆炸", 6, "said of a gradient that has grown beyond use on its way back"),
        Term("fixed point", "不动点", 6, "a state that a step leaves as it is"),
        Term("IRNN", "IRNN", 6, "a ReLU net whose recurrent weights start as the identity"),
        Term("Jacobian", "雅可比矩阵", 6, "how much each output moves for a nudge of each input"),
        Term("Jordan's net", "Jordan 网络", 5, "a recurrent net whose state is made of its outputs"),
        Term("linear", "线性", 6, "said of a net without activations: all it does is multiply and add"),
        Term("non-normal", "非正规", 6, "said of a matrix whose eigenvectors are not at right angles"),
        Term("one-hot", "独热", 5, "a row with a 1 at the place of its word and 0 elsewhere"),
        Term("orthogonal", "正交", 5, "said of a matrix that turns a vector and keeps its length"),
        Term("recurrent net", "循环神经网络", 5, "a net that takes a sequence step by step and keeps a state"),
        Term("RNN regressor", "RNN 回归器", 5, "a recurrent net that answers each step with a number"),
        Term("singular value", "奇异值", 6, "how much a matrix can stretch a vector, once"),
        Term("spectral radius", "谱半径", 6, "the size of the largest eigenvalue"),
        Term("state", "状态", 5, "what a recurrent net hands on to its next step"),
        Term("temporal order", "时间顺序", 6, "a task: which of two symbols came first, long ago"),
        Term("TF-IDF", "词频-逆文档频率", 5, "word counts, weighed by how rare each word is"),
        Term("time step", "时间步", 5, "one turn of the loop of a recurrent net"),
        Term("truncated BPTT", "截断的通过时间反向传播", 5, "cuts the gradient off after some steps back"),
        Term("unrolled", "展开", 5, "drawn with one layer for each time step"),
        Term("vanished", "梯度消失", 6, "said of a gradient that has shrunk to nothing on its way back"),
    ),
    "Gates: LSTM and GRU": (
        Term("candidate", "候选状态", 7, "what a gate may let into the cell or the state"),
        Term("cell", "记忆单元", 7, "the memory of an LSTM: kept by a product, changed by a sum"),
        Term("correlation", "相关系数", 7, "1 or −1 for a straight line, 0 for none"),
        Term("forget bias", "遗忘门偏置", 7, "the bias of the forget gate; a larger one lengthens memory at first"),
        Term("forget gate", "遗忘门", 7, "how much of the old cell is kept; 1 keeps all"),
        Term("gate", "门", 7, "numbers between 0 and 1 that multiply"),
        Term("gated recurrent unit (GRU)", "门控循环单元", 8, "one gate keeps or replaces, one resets"),
        Term("half-life", "半衰期", 7, "steps until half of a memory is left"),
        Term("hidden state", "隐状态", 7, "the state of a recurrent net; of an LSTM, what its cell shows"),
        Term("input gate", "输入门", 7, "how much of the new is written"),
        Term("long short-term memory (LSTM)", "长短期记忆", 7, "a cell behind three gates"),
        Term("output gate", "输出门", 7, "how much of the cell is shown"),
        Term("reset gate", "重置门", 8, "how much of the past goes into the candidate"),
        Term("tied", "绑定", 8, "said of two shares that add up to 1, so that one gate sets both"),
        Term("update gate", "更新门", 8, "in torch's convention, how much of the old state is kept"),
    ),
    "Pooling over time, and text": (
        Term("bidirectional", "双向", 9, "two nets, one from each end of the sequence"),
        Term("embedding", "词嵌入", 10, "the row of learned numbers that stands for a word"),
        Term("filter", "滤波器", 10, "a pattern of as many word vectors as its window has words"),
        Term("k-max", "k-最大池化", 9, "keeps the k largest of each feature in the order of time"),
        Term("lengths", "有效长度", 9, "how many steps of each sequence are real"),
        Term("linear model", "线性模型", 10, "one weight for each input and class, a sum, a bias"),
        Term("mask", "掩码", 9, "says which steps are real and which are padding"),
        Term("max over time", "时序最大池化", 10, "the largest number of each feature, wherever it stands"),
        Term("pooling over time", "时序池化", 9, "makes one vector of all states of a sequence"),
        Term("positional encoding", "位置编码", 10, "a vector added to each word that says where it stands"),
        Term("pyramid", "金字塔", 9, "pooling over windows in time, so that some order stays"),
        Term("self-attention", "自注意力", 9, "weights for the steps, made from the steps themselves"),
        Term("text CNN", "文本卷积神经网络", 9, "a convolution over words, then the maximum over time"),
        Term("transformer", "Transformer 模型", 10, "a stack of self-attention, small nets and residual connections"),
        Term("validation", "验证集", 10, "examples kept back to choose by, apart from those to test on"),
        Term("vocabulary", "词表", 10, "the words that a model knows, each with its number"),
    ),
}


def terms():
    """Every term, in the order of the glossary."""
    return [term for group in GLOSSARY.values() for term in group]


def glossary():
    """Return the glossary, one folded part for each group."""
    parts = [folded(f"{title} ({len(group)})", _table(group)) for title, group in GLOSSARY.items()]
    return Markdown("\n\n".join(parts))


def look_up(word):
    """Return the terms that contain a word, English or Chinese.

    Examples
    --------
    >>> look_up("遗忘")
    | term | 中文 | meaning | lesson |
    | --- | --- | --- | --- |
    | forget bias | 遗忘门偏置 | the bias of the forget gate; a larger one lengthens memory at first | 07 |
    | forget gate | 遗忘门 | how much of the old cell is kept; 1 keeps all | 07 |
    """
    return _table(term for term in terms() if word.lower() in f"{term.english} {term.chinese}".lower())


def _table(group):
    rows = ((term.english, term.chinese, term.meaning, f"{term.lesson:02d}") for term in group)
    return table(("term", "中文", "meaning", "lesson"), rows)
