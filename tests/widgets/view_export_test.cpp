#include "core/base/error.h"
#include "core/base/json.h"
#include "core/render/color_map.h"
#include "tests/widgets/painted_capture.h"
#include "tests/widgets/spoken_capture.h"
#include "widgets/image/picture_image.h"
#include "widgets/views/view_export.h"
#include "widgets/views/view_registry.h"

#include <gtest/gtest.h>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QXmlStreamReader>

#include <cstring>

namespace heedmap {
namespace {

using namespace test;

/// Every registered view is asked for every format, with a capture and without one.
class ViewExport : public testing::TestWithParam<std::size_t>
{
protected:
    const ViewEntry& entry() const { return viewRegistry()[GetParam()]; }

    void show(const std::shared_ptr<const Capture>& capture)
    {
        m_context.selection().setPicture(embeddedPicture(*capture));
        m_context.selection().setCapture(capture, initialSelection(*capture));
        m_view.reset(entry().create(m_context, nullptr));
        m_view->resize(420, 360);
        m_view->show();
    }

    QByteArray exported(ExportFormat format)
    {
        const Exporter exporter = exporterOfView(*m_view, format);
        EXPECT_TRUE(exporter) << entry().id;
        return exporter ? exporter() : QByteArray();
    }

    QTemporaryDir m_folder;
    ViewContext m_context;
    std::unique_ptr<View> m_view;
};

/// All text of an SVG's <text> elements.
QString textOfSvg(const QByteArray& svg)
{
    QXmlStreamReader reader(svg);
    QString text;
    while (!reader.atEnd())
        if (reader.readNext() == QXmlStreamReader::StartElement && reader.name() == QStringLiteral("text"))
            text += reader.readElementText(QXmlStreamReader::IncludeChildElements) + u'\n';
    EXPECT_FALSE(reader.hasError()) << reader.errorString().toStdString();
    return text;
}

/// The page's drawing commands: PDF deflates them.
QByteArray commandsOfPdf(const QByteArray& pdf)
{
    QByteArray commands;
    for (qsizetype at = pdf.indexOf("stream\n"); at >= 0; at = pdf.indexOf("stream\n", at + 1)) {
        const qsizetype begin = at + 7;
        const qsizetype end = pdf.indexOf("endstream", begin);
        if (at >= 3 && pdf.mid(at - 3, 3) == "end")
            continue;
        if (pdf[begin] != 0x78) // not deflated
            continue;
        const QByteArray packed = pdf.mid(begin, end - begin);
        QByteArray sized(4, '\0');
        sized[0] = 0x01; // a hint only; qUncompress grows its buffer
        commands += qUncompress(sized + packed);
    }
    return commands;
}

TEST_P(ViewExport, everyFormatWithACapture)
{
    show(entry().id == std::string("sound") ? makeSpoken(m_folder) : makeCapture(m_folder));
    if (entry().id == std::string("what_if")) // compares two runs, and there is one
        GTEST_SKIP();
    const QImage png = QImage::fromData(exported(ExportFormat::Png), "PNG");
    EXPECT_GT(png.width(), 200);
    EXPECT_EQ(png.pixelColor(2, 2), QColor(Qt::white));
    EXPECT_TRUE(png.text("Description").contains("painted")) << "the caption names the model";

    const QByteArray svg = exported(ExportFormat::Svg);
    EXPECT_TRUE(textOfSvg(svg).contains("painted")) << textOfSvg(svg).toStdString();
    EXPECT_TRUE(QSvgRenderer(svg).isValid());

    const QByteArray pdf = exported(ExportFormat::Pdf);
    EXPECT_TRUE(pdf.startsWith("%PDF-"));
    EXPECT_TRUE(pdf.contains("/ToUnicode")) << "text without a table of characters cannot be selected";
    EXPECT_TRUE(commandsOfPdf(pdf).contains("Tj")) << "no text is shown as text";

    const QString csv = QString::fromUtf8(exported(ExportFormat::Csv));
    EXPECT_TRUE(csv.startsWith("# model: painted"));
    EXPECT_GT(csv.count('\n'), 5);
    const QByteArray npy = exported(ExportFormat::Npy);
    EXPECT_TRUE(npy.startsWith("\x93NUMPY"));
    const auto shape = QRegularExpression("'shape': \\((\\d+), (\\d+)\\)").match(QString::fromLatin1(npy.left(128)));
    ASSERT_TRUE(shape.hasMatch());
    QStringList lines = csv.split('\n', Qt::SkipEmptyParts);
    lines.removeIf([](const QString& line) { return line.startsWith('#'); });
    const qsizetype values = lines.size() - 1; // after the names
    EXPECT_EQ(values, shape.captured(1).toLongLong() * shape.captured(2).toLongLong()) << entry().id;
    const Json json = parseJson(exported(ExportFormat::Json).toStdString(), "export.json");
    EXPECT_EQ(json["values"].size(), shape.captured(1).toULongLong());
    EXPECT_EQ(json["columns"].size(), shape.captured(2).toULongLong());
}

TEST_P(ViewExport, nothingWithoutACapture)
{
    m_view.reset(entry().create(m_context, nullptr));
    m_view->show();
    for (const ExportFormatInfo& format : exportFormats())
        EXPECT_FALSE(exporterOfView(*m_view, format.format)) << entry().id << ' ' << format.suffix;
}

TEST_P(ViewExport, oddCapturesExportOrSayThatTheyCannot)
{
    PaintedCapture without;
    without.withPicture = false;
    without.withAnswer = false;
    for (const auto& capture :
         {makePlainCapture(m_folder), makeEmptyCapture(m_folder), makeCapture(m_folder, without)}) {
        show(capture);
        for (const ExportFormatInfo& format : exportFormats())
            if (const Exporter exporter = exporterOfView(*m_view, format.format)) {
                EXPECT_FALSE(exporter().isEmpty());
            }
        m_view.reset();
    }
}

INSTANTIATE_TEST_SUITE_P(All, ViewExport, testing::Range(std::size_t{0}, viewRegistry().size()),
                         [](const auto& info) { return std::string(viewRegistry()[info.param].id); });

/// The stage's numbers and pictures against what was painted into the capture.
class StageExport : public testing::Test
{
protected:
    void SetUp() override
    {
        m_capture = makeCapture(m_folder);
        Selection selection = initialSelection(*m_capture);
        selection.group = "question_picture";
        selection.map = MapChoice{siteOf(*m_capture, "question_picture", 1), HeadChoice{2}, {}};
        selection.queries = {1, kBallToken};
        m_context.selection().setPicture(embeddedPicture(*m_capture));
        m_context.selection().setCapture(m_capture, selection);
        for (const ViewEntry& entry : viewRegistry())
            if (entry.id == std::string("stage"))
                m_stage.reset(entry.create(m_context, nullptr));
        m_stage->resize(420, 360);
        m_stage->show();
    }

    QTemporaryDir m_folder;
    ViewContext m_context;
    std::shared_ptr<const Capture> m_capture;
    std::unique_ptr<View> m_stage;
};

TEST_F(StageExport, theArrayHoldsTheRowsOfAllKeptTokens)
{
    const QByteArray npy = exporterOfView(*m_stage, ExportFormat::Npy)();
    EXPECT_TRUE(npy.left(128).contains("(2, 25)"));
    for (std::int64_t token = 0; token < 2; ++token) {
        const std::int64_t query = token == 0 ? 1 : kBallToken;
        std::vector<float> row(25);
        std::memcpy(row.data(), npy.constData() + npy.size() - (2 - token) * 100, 100);
        const auto patch = static_cast<std::size_t>(paintedPatch({}, 1, 2, query));
        EXPECT_FLOAT_EQ(row[0], 0.25f + 0.15f / 25);
        EXPECT_FLOAT_EQ(row[1 + patch], 0.6f + 0.15f / 25);
    }
}

TEST_F(StageExport, theTableSaysWhereEveryPatchLies)
{
    const QString csv = QString::fromUtf8(exporterOfView(*m_stage, ExportFormat::Csv)());
    EXPECT_TRUE(csv.contains("token,position,row_kind,site,head,key,key_position,row,column,x,y,width,height,weight"))
        << csv.left(700).toStdString();
    const int patch = paintedPatch({}, 1, 2, kBallToken);
    const QString expected =
        QString("ball,2,its own row,question/question_picture.layer.1,2,\"row %1, column %2\",%3,%1,"
                "%2,%4,%5,10,10,0.606000006")
            .arg(patch / 6)
            .arg(patch % 6)
            .arg(1 + patch)
            .arg(patch % 6 * 10)
            .arg(patch / 6 * 10);
    EXPECT_TRUE(csv.contains(expected)) << expected.toStdString() << '\n' << csv.mid(0, 1200).toStdString();
}

TEST_F(StageExport, theDrawingNamesTheTokensAndHasPatchesAsRectangles)
{
    const QByteArray svg = exporterOfView(*m_stage, ExportFormat::Svg)();
    const QString text = textOfSvg(svg);
    for (const char* part : {"“red”", "“ball”", "opacity ∝ weight", "L1 · H2", "question/question_picture.layer.1"})
        EXPECT_TRUE(text.contains(part)) << part << '\n' << text.toStdString();
    EXPECT_EQ(svg.count("<image"), 1) << "the picture is the only image: heat is drawn as shapes";
    // Drawn by somebody else: the painted patches have their tokens' colours, and no other patch has.
    const QSize size = QSvgRenderer(svg).defaultSize();
    QImage image(size, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    QSvgRenderer(svg).render(&painter);
    painter.end();
    const auto colorAt = [&](int patch) {
        return image.pixelColor(16 + (patch % 6) * 120 + 40, 16 + (patch / 6) * 120 + 40); // 720 / 6 pixels a patch
    };
    const int red = paintedPatch({}, 1, 2, 1);
    const int ball = paintedPatch({}, 1, 2, kBallToken);
    EXPECT_NE(colorAt(red), colorAt(ball));
    for (int patch = 0; patch < 24; ++patch) {
        const QColor color = colorAt(patch);
        const int off = std::abs(color.red() - kPictureColor.red()) + std::abs(color.blue() - kPictureColor.blue());
        EXPECT_EQ(off > 30, patch == red || patch == ball) << patch << ' ' << color.name().toStdString();
    }
}

TEST_F(StageExport, aFileIsWrittenWholeOrNotAtAll)
{
    const QString path = m_folder.filePath("map.csv");
    writeExport(exporterOfView(*m_stage, ExportFormat::Csv), path);
    EXPECT_TRUE(QFile::exists(path));
    EXPECT_THROW(writeExport([]() -> QByteArray { throw Error(ErrorKind::TooLarge, "too large"); }, path), Error);
    EXPECT_GT(QFile(path).size(), 100) << "the old file is still there";
    EXPECT_THROW(writeExport(exporterOfView(*m_stage, ExportFormat::Csv), m_folder.filePath("no/such/folder.csv")),
                 Error);
}

TEST(FigureSize, absurdFiguresAreRefused)
{
    Figure figure;
    figure.size = QSizeF(1e6, 1e6);
    figure.paint = [](QPainter&, const FigureStyle&) {};
    EXPECT_THROW(svgFromFigure(figure), Error);
    EXPECT_THROW(imageFromFigure(figure), Error);
}

TEST(ExportFormats, areKnownByTheirEnding)
{
    EXPECT_EQ(exportFormatOfPath("a/b.SVG"), ExportFormat::Svg);
    EXPECT_EQ(exportFormatOfPath("a.npy"), ExportFormat::Npy);
    EXPECT_FALSE(exportFormatOfPath("a.jpeg"));
}

} // namespace
} // namespace heedmap
